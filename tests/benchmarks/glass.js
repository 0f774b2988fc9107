// Reads the made lesson's clock strip and ticks at the receiver: how old is the picture on the canvas, and how far apart
// are flash and tick as they are shown and played. The strip's geometry is written down in classroom/demo/strip.py.
window.glass = (() => {
  const CELLS = 20;
  const ages = [];
  const flashes = [];
  const ticks = [];
  const canvas = new OffscreenCanvas(320, 8);
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  let wasLit = true;
  let wasLoud = true;

  function cells(video) {
    const { videoWidth: w, videoHeight: h } = video;
    paint.drawImage(video, 0, (h * 676) / 720, w, (h * 24) / 720, 0, 0, 320, 8);
    const { data } = paint.getImageData(0, 4, 320, 1);
    return Array.from({ length: CELLS }, (_, i) => data[4 * Math.round(((2.5 + i) / 40) * 320) + 1]);
  }

  function shownTime(lumas) {
    const [white, black] = lumas;
    if (white - black < 90) return null;
    let value = 0;
    let gray = 0;
    for (const luma of lumas.slice(2, 18)) gray = (gray << 1) | (luma > (white + black) / 2 ? 1 : 0);
    for (; gray; gray >>= 1) value ^= gray;
    return value;
  }

  function look(video, _now, frame) {
    const lumas = cells(video);
    const shown = shownTime(lumas);
    if (shown !== null) ages.push((((performance.timeOrigin + performance.now() - shown) % 65536) + 65536) % 65536);
    const lit = lumas[19] > (lumas[0] + lumas[1]) / 2;
    if (lit && !wasLit) flashes.push(frame.expectedDisplayTime);
    wasLit = lit;
    video.requestVideoFrameCallback((...given) => look(video, ...given));
  }

  function strength(samples, rate) {
    let [a, b] = [0, 0];
    const turn = 2 * Math.cos((2 * Math.PI * 3200) / rate);
    for (const sample of samples) [a, b] = [sample + turn * a - b, a];
    return (a * a + b * b - turn * a * b) / (samples.length * samples.length);
  }

  function listen(context, event) {
    const loud = strength(event.inputBuffer.getChannelData(0), context.sampleRate) > 1e-4;
    if (loud && !wasLoud) {
      const { contextTime, performanceTime } = context.getOutputTimestamp();
      ticks.push(performanceTime + (event.playbackTime - contextTime) * 1000);
    }
    wasLoud = loud;
  }

  async function begin() {
    const video = document.getElementById("watched");
    const context = new AudioContext();
    const source = context.createMediaStreamSource(video.srcObject);
    const ear = context.createScriptProcessor(256, 1, 1);
    ear.onaudioprocess = (event) => listen(context, event);
    source.connect(ear).connect(context.destination);
    await context.resume();
    video.requestVideoFrameCallback((...given) => look(video, ...given));
  }

  // Positive: the picture came after the sound.
  const offsets = () =>
    flashes
      .map((flash) => ticks.map((tick) => flash - tick).sort((x, y) => Math.abs(x) - Math.abs(y))[0])
      .filter((offset) => Math.abs(offset) < 450);

  return { begin, read: () => ({ ages, offsets: offsets() }) };
})();
