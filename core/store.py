"""The S3 store (MinIO, or the embedded one): the only file that imports `minio`. Its calls block: a thread each."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO
from urllib.parse import urlsplit

from minio import Minio
from minio.error import S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from core.errors import NotFound, StartError
from core.settings import StoreSettings

OUTAGES: tuple[type[Exception], ...] = (HTTPError,)
# Any region will do for MinIO; a fixed one saves the question to the server before each presigning.
REGION = "us-east-1"
CHUNK = 64 * 1024


class Store:
    def __init__(self, settings: StoreSettings) -> None:
        """Raises StartError when the address or a key is missing. Opens nothing yet."""
        self.bucket = settings.s3_bucket
        self._inside = _client(settings, settings.s3_endpoint)
        self._outside = _client(settings, settings.s3_public_endpoint or settings.s3_endpoint)

    async def put(self, name: str, data: BinaryIO, length: int, content_type: str) -> None:
        """`length` in bytes; -1 when it is not known, then the data goes up in parts of 10 MiB."""
        part = 10 * 1024 * 1024 if length < 0 else 0
        await asyncio.to_thread(
            self._inside.put_object, self.bucket, name, data, length, content_type=content_type, part_size=part
        )

    async def get(self, name: str, offset: int = 0, length: int = 0) -> bytes:
        """`length` 0 means to the end. Raises NotFound."""
        return await asyncio.to_thread(lambda: b"".join(self._read(name, offset, length)))

    async def remove(self, name: str) -> None:
        """Removing what is not there is no error."""
        await asyncio.to_thread(self._inside.remove_object, self.bucket, name)

    def address_to_get(self, name: str, seconds: int = 3600) -> str:
        """A signed address that browsers may read for so long."""
        return self._outside.presigned_get_object(self.bucket, name, timedelta(seconds=seconds))

    def address_to_put(self, name: str, seconds: int = 3600) -> str:
        return self._outside.presigned_put_object(self.bucket, name, timedelta(seconds=seconds))

    async def answers(self) -> None:
        """Raises when the store does not answer. Makes the bucket where it is missing."""
        await asyncio.to_thread(self._make_bucket)

    def _make_bucket(self) -> None:
        if self._inside.bucket_exists(self.bucket):
            return
        try:
            self._inside.make_bucket(self.bucket)
        except S3Error as error:
            if error.code != "BucketAlreadyOwnedByYou":  # another process was faster
                raise

    def _read(self, name: str, offset: int, length: int) -> Iterator[bytes]:
        try:
            answer = self._inside.get_object(self.bucket, name, offset=offset, length=length)
        except S3Error as error:
            if error.code == "NoSuchKey":
                raise NotFound("file-missing", zh="这个文件不在了。", en="This file is no longer there.") from None
            raise
        try:
            yield from answer.stream(CHUNK)
        finally:
            answer.close()
            answer.release_conn()


def _client(settings: StoreSettings, address: str | None) -> Minio:
    if not (address and settings.s3_access_key and settings.s3_secret_key):
        raise StartError("SONGJIAO_S3_ENDPOINT, SONGJIAO_S3_ACCESS_KEY and SONGJIAO_S3_SECRET_KEY must all be set.")
    parts = urlsplit(address)
    return Minio(
        parts.netloc,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=parts.scheme == "https",
        region=REGION,
        http_client=PoolManager(timeout=Timeout(connect=2, read=30), maxsize=10, retries=Retry(2, backoff_factor=0.1)),
    )
