"""What the relay counts, as Prometheus reads it: nothing is computed before it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from classroom.relay.counters import Counters
from classroom.relay.sessions import Sessions
from classroom.transport.traffic import Traffic


class Gauges(Collector):
    def __init__(self, traffic: Traffic, counters: Counters, sessions: Sessions) -> None:
        self._traffic = traffic
        self._counters = counters
        self._sessions = sessions

    def collect(self) -> Iterator[Metric]:
        yield from self._port()
        yield from self._media()
        yield from self._doors()

    def _port(self) -> Iterator[Metric]:
        traffic = self._traffic
        for name, value, text in (
            ("packets_in", traffic.packets_in, "Datagrams received on the media port"),
            ("bytes_in", traffic.bytes_in, "Bytes received on the media port"),
            ("packets_out", traffic.packets_out + self._counters.sent, "Datagrams sent, the fan-out's included"),
            ("bytes_out", traffic.bytes_out + self._counters.sent_bytes, "Bytes sent, the fan-out's included"),
        ):
            yield CounterMetricFamily(f"songjiao_relay_{name}", text, value=value)
        drops = CounterMetricFamily("songjiao_relay_drops", "Datagrams not taken, by kind", labels=["kind"])
        for kind, count in sorted(traffic.drops.items()):
            drops.add_metric([kind], count)
        yield drops

    def _media(self) -> Iterator[Metric]:
        media = CounterMetricFamily("songjiao_relay_media", "What the media core counts", labels=["what"])
        for field in fields(self._counters):
            media.add_metric([field.name], getattr(self._counters, field.name))
        yield media

    def _doors(self) -> Iterator[Metric]:
        here = Counter((session.door, "connected" if session.connected else "joining") for session in self._sessions)
        sessions = GaugeMetricFamily("songjiao_relay_sessions", "Sessions now", labels=["door", "state"])
        for door, state in ((d, s) for d in ("whip", "whep") for s in ("connected", "joining")):
            sessions.add_metric([door, state], here[door, state])
        yield sessions
        joins = CounterMetricFamily("songjiao_relay_joins", "Sessions ever", labels=["door"])
        for door in ("whip", "whep"):
            joins.add_metric([door], self._sessions.joins[door])
        yield joins
        yield GaugeMetricFamily("songjiao_relay_lessons", "Lessons held now", value=len(self._sessions.lessons))
