"""The library: search at 100,000 resources, and uploads beside a plain `minio` client in the same run."""

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from minio import Minio
from urllib3 import PoolManager

from tests.house import House, running

from .peaks import Peaks
from .viewers import percentile

RESOURCES = 100_000
ROUTES = (
    "/api/resources",
    "/api/resources?q=月",
    "/api/resources?q=月相",
    "/api/resources?q=变化的规律",
    "/api/resources?q=月相 教学点",
    "/api/resources?q=水的三态的秘密 77",
    "/api/resources?grade=3&subject=科学",
    "/api/resources?q=不存在的词",
    "/api/resources/facets",
    "/api/resources/facets?kind=slides",
    "/api/resources/facets?grade=3",
    "/api/resources/facets?q=月相",
    "/api/resources/facets?q=月相&grade=3",
)
CALLS = 60
SIZE = 256 * 1024 * 1024
LARGE = 2 * 1024**3
PATIENCE = 600.0
ROUNDS = 3
AT_ONCE, GROUP = 3, 8
WORDS = {"title": "大文件", "kind": "material", "grade": 3, "subject": "科学", "textbook_version": "教科版"}
WORDS |= {"volume": "下", "unit": "第三单元", "filename": "large.bin", "size": SIZE}


@contextmanager
def filled() -> Iterator[House]:
    with tempfile.TemporaryDirectory() as data, running(Path(data), "--demo") as house:
        yield house


def search(house: House) -> Iterator[str]:
    command = [sys.executable, "-m", "songjiao", "generate", "--classrooms=0", "--lessons=0"]
    subprocess.run([*command, f"--resources={RESOURCES}"], env=house.process_of("web").environ(), check=True)
    yield f"| route, {RESOURCES:,} resources | village first ms | p50 | p95 | bureau first ms | p50 | p95 |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for route in ROUTES:
        cells = [cell for who in ("village", "bureau") for cell in _times(house, who, route)]
        yield f"| {route} | {' | '.join(cells)} |"


def _times(house: House, who: str, route: str) -> list[str]:
    with house.api(who) as client:
        times = []
        for _ in range(CALLS + 1):
            start = time.perf_counter()
            client.get(route).raise_for_status()
            times.append((time.perf_counter() - start) * 1000)
    first, *later = times
    return [f"{first:.1f}", f"{percentile(later, 0.5):.1f}", f"{percentile(later, 0.95):.1f}"]


def uploads(house: House) -> Iterator[str]:
    """Turn by turn, so that both meet the same machine."""
    data = os.urandom(1024 * 1024) * (SIZE // 1024 // 1024)
    plain, ours, memory = [], [], []
    web = house.process_of("web")
    for number in range(ROUNDS):
        plain.append(_plain(house, data, number))
        before = web.memory_info().rss
        ours.append(_ours(house, data))
        memory.append((web.memory_info().rss - before) / 1024)
    ratio = median(plain) / median(ours)
    mib = SIZE / 1024 / 1024
    yield f"upload of {mib:.0f} MiB, median of {ROUNDS}: library {mib / median(ours):.0f} MiB/s, "
    yield f"plain minio client {mib / median(plain):.0f} MiB/s, ratio {ratio:.2f}; "
    yield f"the web process grew by {max(memory):.0f} KiB at most"


def _plain(house: House, data: bytes, number: int) -> float:
    variables = house.process_of("web").environ()
    address = urlsplit(variables["SONGJIAO_S3_ENDPOINT"])
    keys = (variables["SONGJIAO_S3_ACCESS_KEY"], variables["SONGJIAO_S3_SECRET_KEY"])
    client = Minio(address.netloc, *keys, secure=False, region="us-east-1")
    start = time.perf_counter()
    whole, part = io.BytesIO(data), 8 * 1024 * 1024
    client.put_object("songjiao", f"plain/{number}", whole, SIZE, part_size=part, num_parallel_uploads=AT_ONCE)
    return time.perf_counter() - start


def _ours(house: House, data: bytes) -> float:
    """As the page does: each part with its checksum, the addresses of eight at once, three on their way; through the
    HTTP client that `minio` has, so that the two differ by our API only."""
    store = PoolManager(maxsize=AT_ONCE)
    with house.api("teacher") as client, ThreadPoolExecutor(AT_ONCE) as lanes:
        start = time.perf_counter()
        upload = client.post("/api/uploads", json=WORDS).raise_for_status().json()
        each, view = upload["part_size"], memoryview(data)

        def put(item: dict[str, Any]) -> None:
            number = item["number"]
            sent = store.request("PUT", item["url"], body=bytes(view[(number - 1) * each : number * each]))
            assert sent.status == 200, sent.data

        sending = []
        for first in range(1, upload["parts"] + 1, GROUP):
            numbers = range(first, min(first + GROUP, upload["parts"] + 1))
            sums = {one: hashlib.sha256(view[(one - 1) * each : one * each]).hexdigest() for one in numbers}
            wanted = {"parts": [{"number": number, "sha256": sum} for number, sum in sums.items()]}
            answer = client.post(f"/api/uploads/{upload['id']}/parts", json=wanted).raise_for_status()
            sending += [lanes.submit(put, item) for item in answer.json()["items"]]
        for one in sending:
            one.result()
        client.post(f"/api/uploads/{upload['id']}/complete", json={}).raise_for_status()
        return time.perf_counter() - start


def large(house: House) -> Iterator[str]:
    """2 GiB by the page's way, and what the processes need until the worker has looked at it."""
    processes = {name: house.process_of(name) for name in ("web", "worker")}
    with house.api("teacher") as client, Peaks(processes) as peaks:
        start = time.perf_counter()
        upload = client.post("/api/uploads", json=WORDS | {"size": LARGE}).raise_for_status().json()
        block, store = os.urandom(upload["part_size"]), PoolManager(maxsize=AT_ONCE)
        for first in range(1, upload["parts"] + 1, GROUP):
            numbers = range(first, min(first + GROUP, upload["parts"] + 1))
            wanted = {"parts": [{"number": number} for number in numbers]}
            answer = client.post(f"/api/uploads/{upload['id']}/parts", json=wanted).raise_for_status()
            for item in answer.json()["items"]:
                last = LARGE - (item["number"] - 1) * len(block)
                assert store.request("PUT", item["url"], body=block[:last]).status == 200
        client.post(f"/api/uploads/{upload['id']}/complete", json={}).raise_for_status()
        sent = time.perf_counter() - start
        while client.get(f"/api/resources/{upload['resource_id']}").json()["stage"] != "playable":
            assert time.perf_counter() - start < PATIENCE
            time.sleep(0.5)
        looked = time.perf_counter() - start - sent
    yield f"2 GiB: sent in {sent:.0f} s, looked at in {looked:.0f} s; at most {peaks.words()}"


def show() -> None:
    with filled() as house:
        print("".join(large(house)), flush=True)
        print("".join(uploads(house)), flush=True)
        for line in search(house):
            print(line, flush=True)
