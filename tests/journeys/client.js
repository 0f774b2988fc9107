// A WebRTC client of the tests' own, with nothing of the project's front end in it: what a third party would write.
// Runs in Chromium and Firefox alike; the tests call `songjiaoClient.*` by evaluation.
window.songjiaoClient = (() => {
  const peers = {};

  const gathered = (pc) =>
    new Promise((resolve) => {
      if (pc.iceGatheringState === "complete") return resolve();
      pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && resolve());
      setTimeout(resolve, 2000);
    });

  async function exchange(name, pc, url, ticket) {
    await pc.setLocalDescription();
    await gathered(pc);
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${ticket}` },
      body: pc.localDescription.sdp,
    });
    if (response.status !== 201) return { status: response.status, problem: await response.json() };
    peers[name] = { pc, location: new URL(response.headers.get("Location"), url).href, ticket };
    await pc.setRemoteDescription({ type: "answer", sdp: await response.text() });
    return { status: 201, location: peers[name].location };
  }

  async function publish(url, ticket, codec) {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { width: 640, height: 360, frameRate: 25 },
      audio: true,
    });
    const pc = new RTCPeerConnection({ iceServers: [] });
    for (const track of stream.getTracks()) {
      const line = pc.addTransceiver(track, { direction: "sendonly", streams: [stream] });
      if (track.kind === "video" && codec) {
        const all = RTCRtpReceiver.getCapabilities("video").codecs;
        const wanted = all.filter((c) => c.mimeType.toLowerCase() === `video/${codec.toLowerCase()}`);
        line.setCodecPreferences(wanted.concat(all.filter((c) => /rtx/i.test(c.mimeType))));
      }
    }
    return exchange("up", pc, url, ticket);
  }

  async function watch(url, ticket) {
    const pc = new RTCPeerConnection({ iceServers: [] });
    pc.addTransceiver("audio", { direction: "recvonly" });
    pc.addTransceiver("video", { direction: "recvonly" });
    const video = document.createElement("video");
    Object.assign(video, { autoplay: true, playsInline: true, id: "watched" });
    document.body.append(video);
    const stream = new MediaStream();
    pc.addEventListener("track", (event) => {
      stream.addTrack(event.track);
      video.srcObject = stream;
    });
    return exchange("down", pc, url, ticket);
  }

  async function stats(name) {
    const found = { state: peers[name].pc.connectionState };
    const report = await peers[name].pc.getStats();
    for (const entry of report.values()) {
      if (entry.type !== "inbound-rtp" && entry.type !== "outbound-rtp") continue;
      const codec = report.get(entry.codecId);
      found[entry.kind] = {
        packets: entry.packetsReceived ?? entry.packetsSent,
        lost: entry.packetsLost,
        frames: entry.framesDecoded ?? entry.framesEncoded,
        freezes: entry.freezeCount,
        energy: entry.totalAudioEnergy,
        concealed: entry.concealedSamples,
        codec: codec && codec.mimeType,
      };
    }
    return found;
  }

  async function leave(name) {
    const { pc, location, ticket } = peers[name];
    const response = await fetch(location, { method: "DELETE", headers: { Authorization: `Bearer ${ticket}` } });
    pc.close();
    return response.status;
  }

  return { publish, watch, stats, leave };
})();
