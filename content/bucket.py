"""Where uploaded files live in a bucket of an S3-compatible service.

A put is whole or not there at all, so what `content.storage` does with a rename needs nothing
here. What is read is streamed: from the place asked for, and no further than it is read.

Source: Amazon S3's API reference, GetObject (Range) and PutObject. Other services answer alike.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

CONNECT, READ = 10, 30  # seconds
TRIES = 3  # of one request; all of them may be repeated
BLOCK = 256 * 1024  # bytes read at once


class StorageAway(OSError):
    """The bucket could not be reached, or refused. The text says which, without any secret."""


@contextmanager
def _in_words(bucket: str) -> Iterator[None]:
    """Turn the library's errors into those that files on a disk give."""
    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {}).get("Code", "no reason")
        raise StorageAway(f"The bucket {bucket} refused: {said}.") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageAway(
            f"The bucket {bucket} could not be reached ({type(error).__name__})."
        ) from error


class BucketReader(io.RawIOBase):
    """The bytes of one object, asked for from where somebody has moved to."""

    def __init__(self, found: Any, size: int, bucket: str) -> None:
        self._found, self._size, self._bucket = found, size, bucket
        self._at = 0
        self._body: Any = None  # what is being read, from where it stands

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        at = max(start + offset, 0)
        if at != self._at:
            self._stop()
            self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        with _in_words(self._bucket):
            if self._body is None:
                # Only these bytes: a name stands for its content, which is never replaced.
                self._body = self._found.get(Range=f"bytes={self._at}-")["Body"]
            data: bytes = self._body.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._stop()
        super().close()

    def _stop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


class BucketFile(File):
    """An open object. Its size is known without reading it."""

    def __init__(self, reader: BucketReader, name: str, size: int) -> None:
        super().__init__(io.BufferedReader(reader, BLOCK), name)
        self.size = size


class BucketStorage(S3Storage):
    """Files in a bucket. A name that exists is replaced."""

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "auto"
        config = Config(
            connect_timeout=CONNECT,
            read_timeout=READ,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": style},
            # Services other than Amazon's know no more than they must.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, file_overwrite=True, default_acl=None, **options)

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        if mode != "rb":
            raise ValueError("Files in a bucket are opened for reading; save() writes them.")
        found = self.bucket.Object(self._normalize_name(name))
        with _in_words(self.bucket_name):
            try:
                size = found.content_length
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    raise FileNotFoundError(f"{name} is not in {self.bucket_name}.") from error
                raise
        return BucketFile(BucketReader(found, size, self.bucket_name), name, size)

    def _save(self, name: str, content: "File[Any]") -> str:
        with _in_words(self.bucket_name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _in_words(self.bucket_name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _in_words(self.bucket_name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _in_words(self.bucket_name):
            return int(super().size(name))
