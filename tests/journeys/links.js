// A teacher and a room for the tests of bad lines: WHIP with three layers and a thin voice, WHEP through another port.
window.links = (() => {
  const peers = {};

  function gathered(pc) {
    return new Promise((resolve) => {
      if (pc.iceGatheringState === "complete") return resolve();
      pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && resolve());
      setTimeout(resolve, 2000);
    });
  }

  async function open(name, pc, url, ticket, port, tcp) {
    await pc.setLocalDescription();
    await gathered(pc);
    const headers = { "Content-Type": "application/sdp", Authorization: `Bearer ${ticket}` };
    const response = await fetch(url, { method: "POST", headers, body: pc.localDescription.sdp });
    const sdp = await response.text();
    if (response.status !== 201) throw new Error(`${response.status} ${sdp}`);
    const byTcp = /a=candidate:\S+ 1 tcp .*\r\n/g;
    const led = port ? (tcp ? sdp : sdp.replace(byTcp, "")).replace(/(a=candidate:\S+ 1 udp \d+ \S+) \d+ /g, `$1 ${port} `) : sdp;
    peers[name] = { pc, answer: sdp, links: response.headers.get("Link"), location: response.headers.get("Location") };
    await pc.setRemoteDescription({ type: "answer", sdp: led });
    return sdp;
  }

  // A moving picture of 1280×720 and a tone that never stops: what is missing of them is seen and heard.
  function source() {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const paper = canvas.getContext("2d");
    let at = 0;
    setInterval(() => {
      at++;
      paper.fillStyle = "#124";
      paper.fillRect(0, 0, 1280, 720);
      paper.fillStyle = "#fc4";
      for (let n = 0; n < 12; n++) paper.fillRect((at * 7 + n * 111) % 1280, n * 60, 90, 44);
      paper.font = "96px sans-serif";
      paper.fillText(String(at), 480, 380);
    }, 1000 / 25);
    const context = new AudioContext();
    const [tone, wobble, depth, out] = [
      context.createOscillator(), context.createOscillator(), context.createGain(), context.createMediaStreamDestination(),
    ];
    tone.frequency.value = 330;
    wobble.frequency.value = 3;
    depth.gain.value = 120;
    wobble.connect(depth).connect(tone.frequency);
    tone.connect(out);
    tone.start();
    wobble.start();
    return { video: canvas.captureStream(25).getVideoTracks()[0], audio: out.stream.getAudioTracks()[0] };
  }

  let made;
  async function publish(url, ticket, { layers = true, codec = "VP8", thin = false } = {}) {
    made ??= source();
    const pc = new RTCPeerConnection({ iceServers: [] });
    const stream = new MediaStream();
    pc.addTransceiver(made.audio, { direction: "sendonly", streams: [stream] });
    if (thin) return open("thin", pc, url, ticket);
    const encodings = [
      { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
      { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
      { rid: "f", maxBitrate: 1_700_000 },
    ];
    const line = pc.addTransceiver(made.video, { direction: "sendonly", streams: [stream], ...(layers && { sendEncodings: encodings }) });
    const all = RTCRtpReceiver.getCapabilities("video").codecs;
    const isWanted = (one) => one.mimeType.toLowerCase() === `video/${codec.toLowerCase()}`;
    line.setCodecPreferences([...all.filter(isWanted), ...all.filter((one) => !isWanted(one))]);
    return open("up", pc, url, ticket);
  }

  // The ICE servers of the answer's Link header (RFC 9725 §4.6), reached by an ICE restart on the same session (§4.3.3).
  async function restartWithLinks(name, ticket) {
    const { pc, answer, links, location } = peers[name];
    const named = (link, key) => new RegExp(`${key}="([^"]*)"`).exec(link)[1];
    const servers = links.match(/<[^>]+>[^<]*/g).map((link) => (
      { urls: link.slice(1, link.indexOf(">")), username: named(link, "username"), credential: named(link, "credential") }
    ));
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers: servers });
    await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
    await gathered(pc);
    const isIce = (line) => /^a=(ice-ufrag|ice-pwd|candidate|end-of-candidates)/.test(line);
    const ours = [...new Set(pc.localDescription.sdp.split("\r\n").filter(isIce))];
    const headers = { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*", Authorization: `Bearer ${ticket}` };
    const body = [...ours, "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", ""].join("\r\n");
    const fresh = (await (await fetch(location, { method: "PATCH", headers, body })).text()).split("\r\n").filter(isIce);
    const kept = answer.split("\r\n").filter((line) => !isIce(line));
    const sdp = kept.flatMap((line) => (line.startsWith("a=mid:") ? [line, ...new Set(fresh)] : [line])).join("\r\n");
    await pc.setRemoteDescription({ type: "answer", sdp });
  }

  // `port` leads UDP there, and TCP nowhere unless `tcp`. With `turn` by nothing but the TURN servers that the relay names.
  async function watch(url, ticket, { port, tcp = false, name = "down", turn = false } = {}) {
    const pc = new RTCPeerConnection({ iceServers: [], iceTransportPolicy: turn ? "relay" : "all" });
    const stream = new MediaStream();
    const video = Object.assign(document.createElement("video"), { autoplay: true, playsInline: true });
    pc.addEventListener("track", ({ track }) => {
      stream.addTrack(track);
      video.srcObject = stream;
    });
    pc.addTransceiver("audio", { direction: "recvonly" });
    pc.addTransceiver("video", { direction: "recvonly" });
    document.body.append(video);
    const sdp = await open(name, pc, url, ticket, port, tcp);
    if (turn) await restartWithLinks(name, ticket);
    void follow(peers[name]);
    return sdp;
  }

  // As the room's page does (`patience` in frontend/src/live/stats.ts).
  async function wait(pc) {
    let [asked, trip] = [0, 100];
    for (const entry of (await pc.getStats()).values()) {
      if (entry.type === "inbound-rtp") asked += entry.nackCount / Math.max(1, entry.packetsReceived);
      if (entry.type === "candidate-pair" && entry.nominated) trip = 1000 * (entry.currentRoundTripTime ?? 0.1);
    }
    const target = Math.min(400, 80 + 1.5 * trip);
    for (const receiver of pc.getReceivers()) {
      if (asked > 0.01 && (receiver.jitterBufferTarget ?? 0) < target) receiver.jitterBufferTarget = target;
    }
  }

  // The longest time without a new picture since it was asked last.
  async function follow(peer) {
    let [frames, at] = [0, performance.now()];
    peer.longest = 0;
    setInterval(() => void wait(peer.pc), 2000);
    setInterval(async () => {
      let now = 0;
      for (const entry of (await peer.pc.getStats()).values()) if (entry.type === "inbound-rtp" && entry.kind === "video") now = entry.framesDecoded;
      const time = performance.now();
      if (now !== frames) [frames, at] = [now, time];
      peer.longest = Math.max(peer.longest, time - at);
    }, 50);
  }

  async function stats(name) {
    const found = { state: peers[name].pc.connectionState, sent: {}, longest: peers[name].longest };
    peers[name].longest = 0;
    const report = await peers[name].pc.getStats();
    for (const entry of report.values()) {
      if (entry.type === "inbound-rtp") found[entry.kind] = entry;
      if (entry.type === "outbound-rtp") found.sent[entry.rid ?? entry.kind] = entry;
      if (entry.type === "candidate-pair" && entry.nominated) found.way = report.get(entry.localCandidateId);
    }
    return found;
  }

  function leave(name) {
    peers[name].pc.close();
  }

  return { publish, watch, stats, leave };
})();
