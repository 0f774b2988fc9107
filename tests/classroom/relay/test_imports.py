"""The media core decodes nothing and knows no transport."""

import subprocess
import sys

FORBIDDEN = ("aiortc", "av", "sqlalchemy", "asyncio", "socketserver")


def test_the_core_loads_no_decoder_no_transport_and_no_database() -> None:
    program = "import sys, classroom.relay.lesson; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert "pylibsrtp" in loaded
    assert not set(FORBIDDEN) & set(loaded)
