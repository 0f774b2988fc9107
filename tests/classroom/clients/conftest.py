from collections.abc import AsyncIterator, Callable

import pytest

from tests.classroom.clients.peers import Peer

Dial = Callable[[str, str], Peer]


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    """`dial(url, ticket)`: a peer that is closed at the test's end."""
    dialled: list[Peer] = []

    def one(url: str, ticket: str) -> Peer:
        dialled.append(Peer(url, ticket))
        return dialled[-1]

    yield one
    for peer in dialled:
        await peer.close()
