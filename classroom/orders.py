"""Orders to the relays, in Valkey: told at once, and kept for as long as there may be a ticket that they forbid, so
that a relay which was away reads them when it is back. Written by lessons/outbox.py,
read by relay/orders_from_valkey.py, handed on by cascade/orders_from_above.py.

    songjiao:orders            channel on which each order is told
    songjiao:orders:standing   sorted set, order → when its last ticket has run out (seconds since 1970)

An order is JSON: {"lesson": id, "order": "end" | "shutdown"}, or "unseat" with the "person" who is refused from now on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from redis.asyncio import Redis

OrderKind = Literal["end", "shutdown", "unseat"]
CHANNEL = "songjiao:orders"
STANDING = "songjiao:orders:standing"

# In one step, so that an order which stands has been told.
GIVE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
for at = 3, #ARGV, 2 do
  if redis.call('ZADD', KEYS[1], 'NX', ARGV[at + 1], ARGV[at]) == 1 then redis.call('PUBLISH', ARGV[2], ARGV[at]) end
end
"""


@dataclass(frozen=True)
class Order:
    lesson: str
    kind: OrderKind
    person: str = ""

    def text(self) -> str:
        said = {"lesson": self.lesson, "order": self.kind}
        return json.dumps({**said, "person": self.person} if self.person else said)


def read_order(text: str | bytes) -> Order:
    """Raises ValueError."""
    try:
        said: dict[str, Any] = json.loads(text)
        order = Order(str(said["lesson"]), said["order"], str(said.get("person", "")))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no order: {error}") from None
    if order.kind not in get_args(OrderKind) or (order.kind == "unseat") != bool(order.person):
        raise ValueError("an order of no known kind")
    return order


async def give(valkey: Redis, orders: Mapping[Order, float], now: float) -> None:
    """Orders with the moments when they need hold no longer; those that stand already are not told again, so that this
    may be repeated at will. Raises what Valkey raises."""
    if orders:
        said = [part for order, until in orders.items() for part in (order.text(), until)]
        giving: Any = valkey.eval(GIVE, 1, STANDING, now, CHANNEL, *said)
        await giving


async def standing(valkey: Redis) -> list[str]:
    """The texts of all that hold. Raises what Valkey raises."""
    found: Any = await valkey.zrange(STANDING, 0, -1)
    return list(found)
