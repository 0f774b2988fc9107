"""A real clamd with one signature of our own: EICAR's harmless test file."""

import hashlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.media import clamd
from tests.resources.library import Library

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
START_SECONDS = 60


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clamd")
    signatures, socket = folder / "signatures", Path(f"/tmp/clamd-{hashlib.md5(str(folder).encode()).hexdigest()[:8]}")
    signatures.mkdir()
    (signatures / "own.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Signature\n")
    settings = folder / "clamd.conf"
    settings.write_text(f"DatabaseDirectory {signatures}\nLocalSocket {socket}\nForeground yes\nLogFile {folder}/log\n")
    program = subprocess.Popen(["clamd", "--config-file", str(settings)])
    try:
        deadline = time.monotonic() + START_SECONDS
        while not socket.exists():
            assert program.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield str(socket)
    finally:
        program.terminate()
        program.wait()


async def test_it_knows_the_test_virus_and_lets_others_through(scanner: str) -> None:
    assert await clamd.scan(scanner, [EICAR]) == "Eicar-Test-Signature.UNOFFICIAL"
    assert await clamd.scan(scanner, [b"a lesson ", b"plan"]) is None


async def test_a_virus_is_refused_by_its_name(library: Library, scanner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_CLAMD", scanner)
    shown = await library.take("homework.bin", EICAR)
    assert (shown["stage"], shown["refusal"]["code"]) == ("refused", "virus")
    assert "Eicar-Test-Signature" in shown["refusal"]["zh"]
    clean = await library.take("homework.bin", b"one and one is two")
    assert (clean["stage"], clean["scanned"]) == ("playable", True)


async def test_a_scanner_that_does_not_answer_lets_nothing_through(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGJIAO_CLAMD", "/tmp/no-scanner-is-here")
    resource = await library.send("homework.bin", b"one and one is two")
    with pytest.raises(clamd.NoAnswer):
        await library.work(resource)
    assert (await library.get(resource))["stage"] == "sent"
