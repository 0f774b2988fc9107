"""For containers: `python -m core.probe URL` (or `worker`, `beat`, `recorder`) ends with 0 when that one is well."""

import socket
import sys
import urllib.request

from core import alive
from core.settings import RecorderSettings, RedisSettings, load


def main(asked: str) -> int:
    return 0 if (_page(asked) if asked.startswith("http") else _beats(asked)) else 1


def _page(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=7) as answer:  # noqa: S310  # the address is the compose file's own
            return bool(answer.status == 200)
    except OSError:
        return False


def _beats(name: str) -> bool:
    import redis

    recorder = alive.RECORDER.format(name=load(RecorderSettings).name)
    key = {"worker": alive.WORKER.format(name=socket.gethostname()), "beat": alive.BEAT, "recorder": recorder}[name]
    try:
        with redis.Redis.from_url(load(RedisSettings).redis_url or "", socket_timeout=3) as valkey:
            return bool(valkey.exists(key))
    except redis.RedisError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
