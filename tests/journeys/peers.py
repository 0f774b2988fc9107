"""What the peer connections of a page have decoded."""

from playwright.sync_api import Page

from tests.journeys.desk import PATIENCE

# Every peer connection of the page is kept, so that a test can ask what was decoded.
WATCH_PEERS = """
window.peers = []
const Own = window.RTCPeerConnection
window.RTCPeerConnection = class extends Own { constructor(...given) { super(...given); window.peers.push(this) } }
"""
RECEIVED = """
async () => {
  const sum = { frames: 0, energy: 0 }
  for (const peer of window.peers) {
    for (const one of (await peer.getStats()).values()) {
      if (one.type !== 'inbound-rtp') continue
      sum.frames += one.framesDecoded ?? 0
      sum.energy += one.totalAudioEnergy ?? 0
    }
  }
  return sum
}
"""


def received(page: Page) -> tuple[int, float]:
    sum_ = page.evaluate(RECEIVED)
    return sum_["frames"], sum_["energy"]


def wait_for_more(page: Page, frames: int = 30) -> None:
    """Until so many more pictures were decoded and sound was heard."""
    begun, energy = received(page)
    for _ in range(PATIENCE // 500):
        page.wait_for_timeout(500)
        seen, heard = received(page)
        if seen >= begun + frames and heard > energy:
            return
    raise AssertionError(f"{received(page)} after {(begun, energy)}")
