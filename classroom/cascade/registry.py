"""What a relay says of itself, and where it stands in Valkey, so that the control plane knows the tree.

songjiao:relays            hash, name → the last card, kept when the relay is gone
songjiao:relays:at:PLACE   set of the names of the relays that serve a place of the organisation tree
songjiao:relays:up:NAME    there while the relay lives: 6 s, renewed every 2 s
songjiao:{LESSON}:anchor   the address of the relay that a lesson was anchored at by its first ticket
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from redis.asyncio import Redis

RelayTier = Literal["prefecture", "county", "township", "school"]
RELAY_TIERS: tuple[RelayTier, ...] = get_args(RelayTier)
EVERY = 2.0
LIVES = 6
"""Seconds: three missed beats."""
ANCHORED = 2 * 24 * 3600
CARDS = "songjiao:relays"


@dataclass(frozen=True)
class LegNow:
    """One pulled line of a lesson: `parent` is the address that it comes from, `loss` a share, `delay_ms` the round
    trip, `since` in seconds since 1970, the counts since then."""

    id: str
    lesson: str
    slot: str
    layer: str
    parent: str
    kbps: float
    loss: float
    delay_ms: float | None
    since: float
    until: float
    octets: int
    packets: int
    lost: int
    gaps: int
    gap_ms: int


@dataclass(frozen=True)
class Card:
    """`address` is what ways name, `parent` the address above; `place` is an organisation's id, None at the root."""

    name: str
    address: str
    tier: RelayTier
    place: str | None
    parent: str | None
    capacity: int
    draining: bool
    sessions: int
    lessons: int
    kbps_in: float
    kbps_out: float
    legs: tuple[LegNow, ...]
    seen: float

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def read_card(text: str) -> Card:
    """Raises ValueError."""
    try:
        claims = json.loads(text)
        legs = tuple(LegNow(**_known(LegNow, leg)) for leg in claims["legs"])
        card = Card(**{**_known(Card, claims), "legs": legs})
    except (TypeError, KeyError) as error:
        raise ValueError(f"no relay's card: {error}") from None
    if card.tier not in RELAY_TIERS:
        raise ValueError("a relay of no known tier")
    return card


def _known(kind: type, claims: dict[str, Any]) -> dict[str, Any]:
    return {field.name: claims[field.name] for field in fields(kind)}


def place_key(place: str) -> str:
    return f"{CARDS}:at:{place}"


def alive_key(name: str) -> str:
    return f"{CARDS}:up:{name}"


async def register(valkey: Redis, card: Card) -> None:
    """Raises what Valkey raises."""
    async with valkey.pipeline(transaction=False) as pipe:
        pipe.hset(CARDS, card.name, card.text())
        pipe.set(alive_key(card.name), "1", ex=LIVES)
        if card.place:
            pipe.sadd(place_key(card.place), card.name)
        await pipe.execute()


async def leave(valkey: Redis, name: str) -> None:
    await valkey.delete(alive_key(name))


@dataclass(frozen=True)
class Known:
    card: Card
    alive: bool


async def all_relays(valkey: Redis) -> list[Known]:
    """Every relay that ever registered, by name."""
    found: dict[Any, Any] = await valkey.hgetall(CARDS)
    return await _known_cards(valkey, [found[name] for name in sorted(found)])


async def relays_at(valkey: Redis, places: Sequence[str], others: Sequence[str] = ()) -> list[Known]:
    """The relays of these places, and `others` by name, in three round trips."""
    named: Any = valkey.sunion([place_key(place) for place in places]) if places else None
    names: list[str] = sorted({*(await named if named else ()), *others})
    texts: list[Any] = await valkey.hmget(CARDS, names) if names else []
    return await _known_cards(valkey, [text for text in texts if text])


async def _known_cards(valkey: Redis, texts: Sequence[str]) -> list[Known]:
    cards = []
    for text in texts:
        try:
            cards.append(read_card(text))
        except ValueError:
            continue
    alive = await valkey.mget([alive_key(card.name) for card in cards]) if cards else []
    return [Known(card, bool(up)) for card, up in zip(cards, alive, strict=True)]


async def anchor(valkey: Redis, lesson: str, address: str) -> str:
    """The address that the lesson was anchored at first; this one if nobody did before."""
    kept = await valkey.set(f"songjiao:{{{lesson}}}:anchor", address, nx=True, get=True, ex=ANCHORED)
    return str(kept) if kept else address
