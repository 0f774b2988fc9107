"""The S3 store (MinIO, or the embedded one): the only file that imports `minio`. Its calls block: a thread each."""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from minio import Minio
from minio.commonconfig import Filter
from minio.datatypes import Part
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error
from minio.lifecycleconfig import AbortIncompleteMultipartUpload, LifecycleConfig, Rule
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from core.errors import NotFound, StartError
from core.settings import StoreSettings

OUTAGES: tuple[type[Exception], ...] = (HTTPError,)
# Any region will do for MinIO; a fixed one saves the question to the server before each presigning.
REGION = "us-east-1"
CHUNK = 64 * 1024
# The store lists so many parts of an upload at a time (S3, ListParts).
PARTS_A_LIST = 1000
MISSING = ("NoSuchKey", "NoSuchUpload")

P = ParamSpec("P")
T = TypeVar("T")
Headers = dict[str, str | list[str] | tuple[str]]


@dataclass(frozen=True)
class Received:
    """A part of an object that is being sent; `mark` is the store's own word for its content (an ETag)."""

    number: int
    size: int
    mark: str


@dataclass(frozen=True)
class Listed:
    """An object of the store: `size` in bytes, `mark` as in Received."""

    name: str
    size: int
    mark: str


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

    def chunks(self, name: str) -> Iterator[bytes]:
        """The whole object, piece by piece, for code that runs in a thread. Raises NotFound."""
        return self._read(name, 0, 0)

    def listed(self) -> Iterator[Listed]:
        """Every object, for code that runs in a thread."""
        for one in self._inside.list_objects(self.bucket, recursive=True):
            yield Listed(one.object_name or "", one.size or 0, (one.etag or "").strip('"'))

    def content_type(self, name: str) -> str:
        """For code that runs in a thread."""
        return self._inside.stat_object(self.bucket, name).content_type or "application/octet-stream"

    async def put_file(self, name: str, path: Path, content_type: str) -> None:
        await asyncio.to_thread(self._inside.fput_object, self.bucket, name, str(path), content_type=content_type)

    async def get_file(self, name: str, path: Path) -> None:
        """Raises NotFound."""
        await asyncio.to_thread(self._get_file, name, path)

    async def size(self, name: str) -> int | None:
        """In bytes; None when it is not there."""
        return await asyncio.to_thread(self._size, name)

    async def remove(self, name: str) -> None:
        """Removing what is not there is no error."""
        await asyncio.to_thread(self._inside.remove_object, self.bucket, name)

    async def remove_under(self, prefix: str) -> None:
        """Every object whose name begins so."""
        await asyncio.to_thread(self._remove_under, prefix)

    def address_to_get(self, name: str, seconds: int = 3600, save_as: str | None = None) -> str:
        """A signed address that browsers may read for so long; with `save_as` they keep it as a file of this name."""
        headers: Headers | None = None
        if save_as:
            headers = {"response-content-disposition": f"attachment; filename*=UTF-8''{quote(save_as)}"}
        expires = timedelta(seconds=seconds)
        return self._outside.presigned_get_object(self.bucket, name, expires, response_headers=headers)

    def address_inside(self, name: str, seconds: int = 6 * 3600) -> str:
        """The same for programs of the house, which may reach the store otherwise than browsers do."""
        return self._inside.presigned_get_object(self.bucket, name, timedelta(seconds=seconds))

    def address_to_put(self, name: str, seconds: int = 3600) -> str:
        return self._outside.presigned_put_object(self.bucket, name, timedelta(seconds=seconds))

    async def begin_parts(self, name: str, content_type: str) -> str:
        """Opens an object that arrives in parts (S3 multipart); gives the name of that sending."""
        headers: Headers = {"Content-Type": content_type}
        return await asyncio.to_thread(self._inside._create_multipart_upload, self.bucket, name, headers)

    def address_to_put_part(self, name: str, sending: str, number: int, seconds: int = 3600) -> str:
        """`number` from 1 to 10,000; every part but the last has at least 5 MiB."""
        query: Headers = {"partNumber": str(number), "uploadId": sending}
        expires = timedelta(seconds=seconds)
        return self._outside.get_presigned_url("PUT", self.bucket, name, expires, extra_query_params=query)

    async def parts(self, name: str, sending: str) -> list[Received]:
        """What has arrived, by number. Raises NotFound when the sending is over."""
        return await asyncio.to_thread(lambda: list(self._parts(name, sending)))

    async def join_parts(self, name: str, sending: str, parts: Iterable[Received]) -> None:
        """From here on the object is there. Raises NotFound when the sending is over."""
        joined = [Part(one.number, one.mark) for one in parts]
        await asyncio.to_thread(_known(self._inside._complete_multipart_upload), self.bucket, name, sending, joined)

    async def abandon_parts(self, name: str, sending: str) -> None:
        """What arrived is forgotten; a sending that is over already is no error."""
        try:
            await asyncio.to_thread(_known(self._inside._abort_multipart_upload), self.bucket, name, sending)
        except NotFound:
            pass

    async def answers(self) -> None:
        """Raises when the store does not answer. Makes the bucket where it is missing."""
        await asyncio.to_thread(self._make_bucket)

    async def set_rules(self, origins: Sequence[str], unfinished_days: int) -> dict[str, str]:
        """Pages of these origins may read and send (CORS), and parts of what is never finished go after so many days
        (lifecycle). Makes the bucket where it is missing. Returns the store's codes for what it does not take: "bucket"
        may be mended there, "lifecycle" and "cors" MinIO has in its own settings (deploy/README.md)."""
        return await asyncio.to_thread(self._set_rules, origins, unfinished_days)

    def _set_rules(self, origins: Sequence[str], unfinished_days: int) -> dict[str, str]:
        abort = AbortIncompleteMultipartUpload(days_after_initiation=unfinished_days)
        rule = Rule("Enabled", Filter(prefix=""), rule_id="unfinished", abort_incomplete_multipart_upload=abort)
        sets = {
            "bucket": self._make_bucket,
            "lifecycle": lambda: self._inside.set_bucket_lifecycle(self.bucket, LifecycleConfig([rule])),
            "cors": lambda: self._set_cors(origins),
        }
        return {name: code for name, act in sets.items() if (code := _refused(act))}

    def _set_cors(self, origins: Sequence[str]) -> None:
        """PutBucketCors, which `minio` has no call for."""
        root = Element("CORSConfiguration", xmlns="http://s3.amazonaws.com/doc/2006-03-01/")
        allowed = SubElement(root, "CORSRule")
        words = [("AllowedOrigin", one) for one in origins] + [("AllowedMethod", one) for one in ("GET", "HEAD", "PUT")]
        for name, value in [*words, ("AllowedHeader", "*"), ("ExposeHeader", "ETag"), ("MaxAgeSeconds", "3600")]:
            SubElement(allowed, name).text = value
        body = tostring(root)
        sums: Headers = {"Content-MD5": base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()}
        self._inside._execute("PUT", self.bucket, body=body, headers=sums, query_params={"cors": ""})

    def _make_bucket(self) -> None:
        if self._inside.bucket_exists(self.bucket):
            return
        try:
            self._inside.make_bucket(self.bucket)
        except S3Error as error:
            if error.code != "BucketAlreadyOwnedByYou":  # another process was faster
                raise

    def _parts(self, name: str, sending: str) -> Iterator[Received]:
        marker, more = "0", True
        while more:
            found = _known(self._inside._list_parts)(
                self.bucket, name, sending, max_parts=PARTS_A_LIST, part_number_marker=marker
            )
            for part in found.parts:
                yield Received(part.part_number, part.size or 0, part.etag)
            more, marker = found.is_truncated, str(found.next_part_number_marker or "")

    def _get_file(self, name: str, path: Path) -> None:
        with path.open("wb") as file:
            for chunk in self._read(name, 0, 0):
                file.write(chunk)

    def _size(self, name: str) -> int | None:
        try:
            return self._inside.stat_object(self.bucket, name).size
        except S3Error as error:
            if error.code in MISSING:
                return None
            raise

    def _remove_under(self, prefix: str) -> None:
        found = self._inside.list_objects(self.bucket, prefix=prefix, recursive=True)
        doomed = (DeleteObject(one.object_name) for one in found if one.object_name)
        for failure in self._inside.remove_objects(self.bucket, doomed):
            raise RuntimeError(f"{failure.name}: {failure.message}")

    def _read(self, name: str, offset: int, length: int) -> Iterator[bytes]:
        answer = _known(self._inside.get_object)(self.bucket, name, offset=offset, length=length)
        try:
            yield from answer.stream(CHUNK)
        finally:
            answer.close()
            answer.release_conn()


def _refused(act: Callable[[], None]) -> str:
    try:
        act()
    except S3Error as error:
        return error.code or "unknown"
    except MinioException as error:  # an answer that is not S3's: a proxy's page, an error without a document
        return type(error).__name__
    return ""


def _known(call: Callable[P, T]) -> Callable[P, T]:
    """The same call, which raises NotFound for an object or a sending that is not there."""

    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except S3Error as error:
            if error.code in MISSING:
                raise NotFound("file-missing", zh="这个文件不在了。", en="This file is no longer there.") from None
            raise

    return asked


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
