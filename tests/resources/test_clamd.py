"""A real clamd with one signature of our own: EICAR's harmless test file."""

import hashlib
import io
import random
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.media import clamd
from tests.resources.library import Library

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PATTERN = b"one pattern that no lesson has in it"
WINDOW, OVERLAP, CHUNK = 65_536, 1024, 4096
START_SECONDS = 60


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clamd")
    signatures, socket = folder / "signatures", Path(f"/tmp/clamd-{hashlib.md5(str(folder).encode()).hexdigest()[:8]}")
    signatures.mkdir()
    (signatures / "own.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Signature\n")
    settings = folder / "clamd.conf"
    (signatures / "own.ndb").write_text(f"Own-Pattern:0:*:{PATTERN.hex()}\n")
    limits = f"StreamMaxLength {WINDOW}\nForeground yes\nLogFile {folder}/log\n"
    settings.write_text(f"DatabaseDirectory {signatures}\nLocalSocket {socket}\n{limits}")
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


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of 64 KiB, beyond which this clamd refuses a stream."""
    monkeypatch.setattr(clamd, "WINDOW", WINDOW)
    monkeypatch.setattr(clamd, "OVERLAP", OVERLAP)


def pieces(data: bytes) -> list[bytes]:
    return [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]


@pytest.mark.parametrize("at", [0, WINDOW - 10, WINDOW, 2 * WINDOW - OVERLAP - 10, 200_000])
async def test_a_file_longer_than_a_stream_is_searched_to_its_end(scanner: str, narrow: None, at: int) -> None:
    assert await clamd.scan(scanner, pieces(b"a" * 250_000)) is None
    assert await clamd.scan(scanner, pieces(b"a" * at + PATTERN + b"a" * (250_000 - at))) == "Own-Pattern.UNOFFICIAL"


async def test_an_archive_longer_than_a_stream_is_unpacked_for_the_scanner(
    library: Library, scanner: str, narrow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGJIAO_CLAMD", scanner)
    for hidden, stage in ((PATTERN, "refused"), (b"nothing", "playable")):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("long.bin", random.Random(7).randbytes(150_000))
            archive.writestr("work/long.txt", b"a" * 70_000 + hidden + b"a" * 70_000)
        shown = await library.take("material.zip", packed.getvalue())
        assert shown["stage"] == stage
        assert stage == "playable" or shown["refusal"]["code"] == "virus"


async def test_an_archive_into_which_nobody_sees_is_refused(
    library: Library, scanner: str, narrow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGJIAO_CLAMD", scanner)
    shown = await library.take("material.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * WINDOW)
    assert (shown["stage"], shown["refusal"]["code"]) == ("refused", "cannot-be-scanned")
    assert "zip" in shown["refusal"]["zh"]


async def test_a_scanner_that_does_not_answer_lets_nothing_through(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGJIAO_CLAMD", "/tmp/no-scanner-is-here")
    resource = await library.send("homework.bin", b"one and one is two")
    with pytest.raises(clamd.NoAnswer):
        await library.work(resource)
    assert (await library.get(resource))["stage"] == "sent"
