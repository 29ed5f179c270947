"""A large file of a hub, downloaded in pieces that are saved: a download that stopped goes on where it was.

huggingface_hub deletes what it has of a file when a download stops. So a large file is streamed here, with
its requests, headers and tokens, into the hub's own cache under the name it would give it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.jobs import Report
from core.locale import N_

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoFile

log = logging.getLogger(__name__)

_BLOCK = 262_144  # bytes between two looks at whether to go on
_TRIES = 5  # answers in a row that break off or end without a byte more


@dataclass
class Progress:
    """Bytes that are here of those wanted; `found` of them are from an earlier time and no measure of speed."""

    name: str
    total: int
    report: Report
    done: int = 0
    found: int = 0
    start: float = 0.0

    def find(self, size: int) -> None:
        """Count bytes that are here already."""
        self.found += size
        self.add(size)

    def add(self, size: int) -> None:
        """Count bytes and say so; raises `Cancelled` where the user wants it to stop."""
        self.start = self.start or time.monotonic()
        self.done += size
        self.report(
            min(max(self.done / max(self.total, 1), 0.0), 1.0),
            N_("Downloading {name}: {done:.0f} of {total:.0f} MB, {speed:.1f} MB/s"),
            name=self.name,
            done=self.done / 1e6,
            total=self.total / 1e6,
            speed=(self.done - self.found) / 1e6 / max(time.monotonic() - self.start, 1e-3),
        )


def fetched(file: RepoFile, storage: Path) -> int:
    """Return how many bytes of a file are in the repository's folder of the hub's cache."""
    blob = _blob(file, storage)
    held = next((path for path in (blob, _partial(blob)) if path.is_file()), None)
    return min(held.stat().st_size, file.size) if held else 0


def fetch_large(repo_id: str, file: RepoFile, commit: str, storage: Path, progress: Progress) -> None:
    """Fetch what is still missing of a file into the hub's cache, and check it against its hash.

    Raises what huggingface_hub raises for an answer that is an error, and `UserError` for damaged content.
    """
    from huggingface_hub import hf_hub_url
    from huggingface_hub.utils import WeakFileLock

    blob = _blob(file, storage)
    lock = storage.parent / ".locks" / storage.name / f"{blob.name}.lock"
    for folder in (blob.parent, lock.parent):
        folder.mkdir(parents=True, exist_ok=True)
    with WeakFileLock(lock):
        progress.find(fetched(file, storage))
        if blob.is_file():
            return
        part = _partial(blob)
        _stream(hf_hub_url(repo_id, file.path, revision=commit), part, file.size, progress)
        if not _is_as_listed(part, file):
            part.unlink()
            raise UserError(
                N_("The file {file} of {name} arrived damaged. Start the download again."),
                file=file.path,
                name=repo_id,
            )
        os.replace(part, blob)


def _blob(file: RepoFile, storage: Path) -> Path:
    return storage / "blobs" / (file.lfs.sha256 if file.lfs else file.blob_id)


def _partial(blob: Path) -> Path:
    return blob.with_name(f"{blob.name}.headline-lab.incomplete")


def _stream(url: str, part: Path, size: int, progress: Progress) -> None:
    import httpx2
    from huggingface_hub.errors import FileMetadataError

    failures = 0
    part.touch()
    while (before := part.stat().st_size) < size:
        error: Exception = FileMetadataError("The answer holds less of the file than was announced")
        try:
            _append(url, part, size, progress)
        except (httpx2.NetworkError, httpx2.TimeoutException, httpx2.RemoteProtocolError) as broken:
            error = broken
        held = part.stat().st_size
        if held < size:
            failures = 0 if held > before else failures + 1
            if failures >= _TRIES:
                raise error
            log.warning("%s broke off (%s): going on from %d bytes", url, error, held)
            progress.add(0)
            time.sleep(1)


def _append(url: str, part: Path, size: int, progress: Progress) -> None:
    """Ask for what follows the bytes that are here, and write it behind them; refuse more than `size`."""
    from huggingface_hub import constants
    from huggingface_hub.errors import FileMetadataError
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, http_stream_backoff

    held = part.stat().st_size
    headers = {**build_hf_headers(), "Accept-Encoding": "identity", "Range": f"bytes={held}-"}
    with http_stream_backoff(
        "GET",
        url,
        headers=headers,
        timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT,
        retry_on_exceptions=(),
        retry_on_status_codes=(408, 429),
    ) as answer:
        hf_raise_for_status(answer)
        whole = answer.status_code != 206  # the server does not know ranges: from the start again
        if whole:
            progress.find(-held)
        with part.open("wb" if whole else "ab") as handle:
            for block in answer.iter_bytes(_BLOCK):
                if handle.tell() + len(block) > size:
                    raise FileMetadataError("The answer holds more of the file than was announced")
                handle.write(block)
                progress.add(len(block))


def _is_as_listed(part: Path, file: RepoFile) -> bool:
    """Return whether the content is the hub's: by SHA-256 in LFS, else by git's SHA-1 over header and content."""
    with part.open("rb") as handle:
        if file.lfs:
            return hashlib.file_digest(handle, "sha256").hexdigest() == file.lfs.sha256
        found = hashlib.sha1(b"blob %d\0" % part.stat().st_size, usedforsecurity=False)
        for block in iter(lambda: handle.read(_BLOCK), b""):
            found.update(block)
    return found.hexdigest() == file.blob_id
