"""What the embedded store leaves behind in /tmp."""

import os
import socket
import time
from pathlib import Path

from core.embedded.s3 import YOUNG, forget_sockets


def bound(path: Path, age: float) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(path))
    os.utime(path, (time.time() - age,) * 2)
    return made


def test_sockets_at_which_nobody_listens_any_more_go_and_the_others_stay(tmp_path: Path) -> None:
    living, dead, young, other = (
        tmp_path / name
        for name in ("seaweedfs-s3-1.sock", "seaweedfs-s3-2.sock", "seaweedfs-filer-grpc-3.sock", "another.sock")
    )
    with bound(living, YOUNG + 60) as listening:
        listening.listen()
        bound(dead, YOUNG + 60).close()
        bound(young, 0).close()
        bound(other, YOUNG + 60).close()
        forget_sockets(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in (living, young, other))
