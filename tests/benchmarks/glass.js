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
  let late = 0;

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

  // The tick is a pure tone; speech that has some of it is none, and hides the tick of its second.
  function ticking(samples, rate) {
    let [a, b, power] = [0, 0, 0];
    const turn = 2 * Math.cos((2 * Math.PI * 3200) / rate);
    for (const sample of samples) {
      [a, b] = [sample + turn * a - b, a];
      power += sample * sample;
    }
    const tone = (a * a + b * b - turn * a * b) / samples.length;
    return tone > 1e-4 * samples.length && tone > 0.35 * power;
  }

  function listen(context, event) {
    const loud = ticking(event.inputBuffer.getChannelData(0), context.sampleRate);
    if (loud && !wasLoud) {
      const { contextTime, performanceTime } = context.getOutputTimestamp();
      ticks.push(performanceTime + (event.playbackTime - contextTime) * 1000 - late);
    }
    wasLoud = loud;
  }

  function ear(context, stream, listen) {
    const made = context.createScriptProcessor(256, 1, 1);
    made.onaudioprocess = listen;
    context.createMediaStreamSource(stream).connect(made).connect(context.destination);
    return made;
  }

  // How much later than the page's own loudspeaker the ear hears: a tone made here, by the same way (milliseconds).
  async function deafness(context) {
    const tone = context.createOscillator();
    const made = context.createMediaStreamDestination();
    tone.frequency.value = 3200;
    tone.connect(made);
    const at = context.currentTime + 0.3;
    const heard = new Promise((resolve) => {
      const own = ear(context, made.stream, (event) => {
        if (!ticking(event.inputBuffer.getChannelData(0), context.sampleRate)) return;
        own.disconnect();
        resolve(event.playbackTime);
      });
    });
    tone.start(at);
    const delay = ((await heard) - at) * 1000;
    tone.stop();
    return delay;
  }

  async function begin() {
    const video = document.getElementById("watched");
    const context = new AudioContext();
    await context.resume();
    late = await deafness(context);
    ear(context, video.srcObject, (event) => listen(context, event));
    video.requestVideoFrameCallback((...given) => look(video, ...given));
  }

  // Positive: the picture came after the sound.
  const offsets = () =>
    flashes
      .map((flash) => ticks.map((tick) => flash - tick).sort((x, y) => Math.abs(x) - Math.abs(y))[0])
      .filter((offset) => Math.abs(offset) < 450);

  return { begin, read: () => ({ ages, offsets: offsets(), late }) };
})();
