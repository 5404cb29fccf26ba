"""Where sealed objects lie: a directory or any S3. Written once, read by range; the only user of boto3."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from security.cipher import Piece

PART_BYTES = 8 * 1024 * 1024
"""A multipart upload's part: S3 wants at least 5 MiB."""


class StoreTrouble(Exception):
    """The object store does not answer, or refuses. Nothing was half written."""


class NoObject(StoreTrouble):
    """There is no object of that name."""


class Backend(Protocol):
    def write(self, place: str, pieces: Iterable[Piece]) -> int:
        """Write a whole object, once, and answer its size; StoreTrouble, and nothing there, otherwise."""

    def read_at(self, place: str, offset: int, length: int) -> bytes: ...

    def delete(self, place: str) -> None: ...

    def places(self, prefix: str) -> Iterable[tuple[str, datetime]]:
        """Names of whole objects, and when they were written."""

    def tidy(self, before: datetime) -> None:
        """Drop what writes that died before then have left half done."""


class DirectoryBackend:
    """Files under a root. A file appears whole under its name or not at all, also when the power fails."""

    def __init__(self, root: str) -> None:
        self.root = Path(root)

    def _path(self, place: str) -> Path:
        path = (self.root / place).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise StoreTrouble("An object's name leads out of the store.")
        return path

    def write(self, place: str, pieces: Iterable[Piece]) -> int:
        path = self._path(place)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with _writing():
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                out = os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            with out:
                size = sum(_write_piece(out, piece) for piece in pieces)
                with _writing():
                    out.flush()
                    os.fsync(out.fileno())
            with _writing():
                os.link(draft, path)  # unlike a rename it refuses to replace
                _fsync_folder(path.parent)
        finally:
            draft.unlink(missing_ok=True)
        return size

    def read_at(self, place: str, offset: int, length: int) -> bytes:
        try:
            with self._path(place).open("rb", buffering=0) as file:
                file.seek(offset)
                return file.read(length)
        except FileNotFoundError:
            raise NoObject("An object is missing from the store.") from None
        except OSError as error:
            raise StoreTrouble(f"The object store cannot read: {error.strerror}.") from error

    def delete(self, place: str) -> None:
        with _writing():
            self._path(place).unlink(missing_ok=True)

    def places(self, prefix: str) -> Iterable[tuple[str, datetime]]:
        for path, written in self._files(prefix):
            if not path.name.startswith("."):
                yield str(path.relative_to(self.root)), written

    def tidy(self, before: datetime) -> None:
        for path, written in self._files(""):
            if path.name.startswith(".") and written < before:
                path.unlink(missing_ok=True)

    def _files(self, prefix: str) -> Iterator[tuple[Path, datetime]]:
        for path in list(self._path(prefix).rglob("*")):
            with contextlib.suppress(FileNotFoundError):  # deleted in the meantime
                if path.is_file():
                    yield path, datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _write_piece(out: BinaryIO, piece: Piece) -> int:
    with _writing():
        return out.write(piece)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    """The disk's errors as ours; those of whoever delivers the pieces pass by untouched."""
    try:
        yield
    except OSError as error:
        raise StoreTrouble(f"The object store cannot write: {error.strerror}.") from error


class S3Backend:
    """A bucket of any S3. Large objects go up in parts and are given up whole when a part fails."""

    def __init__(self, options: dict[str, str]) -> None:
        self.bucket = options["bucket"]
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=options["endpoint"] or None,
            region_name=options["region"],
            aws_access_key_id=options["access_key"] or None,
            aws_secret_access_key=options["secret_key"] or None,
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"max_attempts": 4, "mode": "standard"},
                # Frames carry their own proof; not every S3 knows the newer check sums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def write(self, place: str, pieces: Iterable[Piece]) -> int:
        parts = _parts(pieces)
        first = next(parts)
        second = next(parts, None)
        try:
            if second is None:
                self.client.put_object(Bucket=self.bucket, Key=place, Body=first, IfNoneMatch="*")
                return len(first)
            return self._write_parts(place, first, second, parts)
        except (BotoCoreError, ClientError) as error:
            raise StoreTrouble(f"The object store cannot write: {type(error).__name__}.") from error

    def _write_parts(self, place: str, first: bytes, second: bytes, rest: Iterable[bytes]) -> int:
        target = {"Bucket": self.bucket, "Key": place}
        upload = {**target, "UploadId": self.client.create_multipart_upload(**target)["UploadId"]}
        done: list[dict[str, Any]] = []
        size = 0
        try:
            for part in itertools.chain((first, second), rest):
                size += self._write_part(upload, done, part)
            self.client.complete_multipart_upload(**upload, MultipartUpload={"Parts": done}, IfNoneMatch="*")
        except BaseException:
            with contextlib.suppress(BotoCoreError, ClientError):
                self.client.abort_multipart_upload(**upload)
            raise
        return size

    def _write_part(self, upload: dict[str, Any], done: list[dict[str, Any]], part: bytes) -> int:
        number = len(done) + 1
        answer = self.client.upload_part(**upload, PartNumber=number, Body=part)
        done.append({"PartNumber": number, "ETag": answer["ETag"]})
        return len(part)

    def read_at(self, place: str, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        try:
            answer = self.client.get_object(
                Bucket=self.bucket, Key=place, Range=f"bytes={offset}-{offset + length - 1}"
            )
            return bytes(answer["Body"].read())
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in {"NoSuchKey", "404"}:
                raise NoObject("An object is missing from the store.") from None
            if code in {"InvalidRange", "416"}:
                return b""
            raise StoreTrouble(f"The object store cannot read: {code}.") from error
        except BotoCoreError as error:
            raise StoreTrouble(f"The object store cannot read: {type(error).__name__}.") from error

    def delete(self, place: str) -> None:
        try:
            self.client.delete_object(Bucket=self.bucket, Key=place)
        except (BotoCoreError, ClientError) as error:
            raise StoreTrouble(f"The object store cannot delete: {type(error).__name__}.") from error

    def places(self, prefix: str) -> Iterable[tuple[str, datetime]]:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for entry in page.get("Contents", ()):
                yield entry["Key"], entry["LastModified"]

    def tidy(self, before: datetime) -> None:
        for page in self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket):
            for upload in page.get("Uploads", ()):
                if upload["Initiated"] < before:
                    self.client.abort_multipart_upload(
                        Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )


def _parts(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """`pieces` gathered into parts of at least PART_BYTES; one empty part when there is nothing."""
    held: list[Piece] = []
    size = 0
    sent = False
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PART_BYTES:
            yield b"".join(held)
            held, size, sent = [], 0, True
    if held or not sent:
        yield b"".join(held)


_open: dict[tuple[tuple[str, str], ...], Backend] = {}


def backend() -> Backend:
    """The store that the settings name; one client a process."""
    options = dict(settings.OBJECT_STORE)
    key = tuple(sorted(options.items()))
    if key not in _open:
        _open[key] = S3Backend(options) if options["kind"] == "s3" else DirectoryBackend(options["root"])
    return _open[key]
