from pathlib import Path

from core.embedded import s3
from core.embedded.ports import free_port


def test_no_port_and_no_twin_is_given_twice() -> None:
    ports = [free_port(twin=10_000) for _ in range(500)]
    assert len({port + more for port in ports for more in (0, 10_000)}) == 1000


def test_the_store_asks_for_other_inner_ports_when_it_starts_again(tmp_path: Path) -> None:
    program = s3.program(tmp_path, s3.free_s3_port(), "key", "secret")
    first, second = program.options(), program.options()
    assert len(first) == len(s3.INNER)
    assert not set(first) & set(second)
