"""Sockets that are read, as the viewers' are, for the floor: what nobody reads fills up, and then a drop is measured.

    python -m tests.benchmarks.readers COUNT

Prints the ports in one JSON line, then reads until it is ended.
"""

import json
import select
import socket
import sys

from .intake import MOST, Intake

RECEIVE_BUFFER = 4 << 20


def read(count: int) -> None:
    poll, intake, sockets = select.epoll(), Intake(), []
    for _ in range(count):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        one.bind(("127.0.0.1", 0))
        poll.register(one.fileno(), select.EPOLLIN)
        sockets.append(one)
    print(json.dumps([one.getsockname()[1] for one in sockets]), flush=True)
    while True:
        for fd, _ in poll.poll():
            while intake.read(fd)[1] == MOST:
                pass


if __name__ == "__main__":
    read(int(sys.argv[1]))
