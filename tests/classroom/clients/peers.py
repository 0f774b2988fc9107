"""aiortc's own RTCPeerConnection as publisher and viewer: an independent implementation, decoder included."""

import asyncio
import fractions
from dataclasses import dataclass, field
from typing import Any

import aioice.ice
import av
import httpx
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack

aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"] * use_ipv4 + ["::1"] * use_ipv6


class MovingPicture(VideoStreamTrack):
    """320×240 at 30 fps; the shade of grey counts the frames."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = 0

    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        shade = np.full((240, 320, 3), 16 + self.shown * 4 % 220, np.uint8)
        shade[self.shown % 240] = 255
        frame = av.VideoFrame.from_ndarray(shade, format="bgr24")
        frame.pts, frame.time_base = pts, time_base
        self.shown += 1
        return frame


class Tone(AudioStreamTrack):
    """440 Hz, as loud as speech."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0

    async def recv(self) -> av.AudioFrame:
        await super().recv()  # keeps the pace: 20 ms at 8 kHz
        samples = 960
        wave = np.sin(np.arange(self._at, self._at + samples) * 2 * np.pi * 440 / 48000) * 8000
        frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, self._at, fractions.Fraction(1, 48000)
        self._at += samples
        return frame


@dataclass
class Ear:
    """Counts what one incoming track decodes to."""

    frames: int = 0
    sizes: set[tuple[int, int]] = field(default_factory=set)
    energy: float = 0.0
    shades: list[int] = field(default_factory=list)

    async def follow(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                self.take(await track.recv())
        except MediaStreamError:
            return

    def take(self, frame: Any) -> None:
        self.frames += 1
        if isinstance(frame, av.VideoFrame):
            self.sizes.add((frame.width, frame.height))
            self.shades.append(int(np.median(frame.to_ndarray(format="gray"))))
        else:
            self.energy += float(np.abs(frame.to_ndarray().astype(np.float64)).mean())


class Peer:
    """One connection and its session; `answer` is what the relay said."""

    def __init__(self, url: str, ticket: str) -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {ticket}"}
        self.connection = RTCPeerConnection(RTCConfiguration([], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.ears: list[tuple[str, Ear]] = []
        self.location = ""
        self.etag = ""
        self.answer = ""
        self._listening: list[asyncio.Task[None]] = []
        self.connection.on("track", self._on_track)

    def _on_track(self, track: MediaStreamTrack) -> None:
        ear = Ear()
        self.ears.append((track.kind, ear))
        self._listening.append(asyncio.create_task(ear.follow(track)))

    def publish(self, codec: str = "video/VP8", audio: bool = True, video: bool = True) -> "Peer":
        if audio:
            self.connection.addTransceiver(Tone(), "sendonly")
        if video:
            line = self.connection.addTransceiver(MovingPicture(), "sendonly")
            line.setCodecPreferences([c for c in RTCRtpSender.getCapabilities("video").codecs if c.mimeType == codec])
        return self

    def watch(self, pairs: int = 1) -> "Peer":
        for _ in range(pairs):
            self.connection.addTransceiver("audio", "recvonly")
            self.connection.addTransceiver("video", "recvonly")
        return self

    def ear(self, kind: str, which: int = 0) -> Ear:
        return [ear for k, ear in self.ears if k == kind][which]

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def connect(self, only: str = "") -> "Peer":
        """`only` keeps the candidates of the answer that contain it (to force a family)."""
        offer = await self.offer()
        async with httpx.AsyncClient() as client:
            headers = {**self.headers, "Content-Type": "application/sdp"}
            response = await client.post(self.url, content=offer, headers=headers)
        assert response.status_code == 201, response.text
        self.location, self.etag, self.answer = response.headers["Location"], response.headers["ETag"], response.text
        lines = [x for x in response.text.splitlines(True) if not x.startswith("a=candidate:") or only in x]
        await self.connection.setRemoteDescription(RTCSessionDescription("".join(lines), "answer"))
        return self

    async def delete(self) -> int:
        async with httpx.AsyncClient() as client:
            return (await client.delete(self.location, headers=self.headers)).status_code

    async def close(self) -> None:
        await self.connection.close()
        for task in self._listening:
            task.cancel()


async def until(condition: Any, within: float = 10.0, said: str = "it did not come about in time") -> None:
    deadline = asyncio.get_running_loop().time() + within
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, said
        await asyncio.sleep(0.02)
