"""A ZIP file that somebody else made: read into memory within this server's limits, or refused in one sentence.

Nothing is written to the disk, so no name in it can point anywhere. A file in it that is itself a ZIP file (NumPy's
arrays, a forest) is held to the same limits.
"""

from __future__ import annotations

import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.errors import UserError
from core.locale import N_
from core.settings import MEGABYTE, settings

MOST_FILES = 64
ARCHIVES = (".npz", ".skops")
_MOST_PARTS = 20_000  # in an inner ZIP file: a forest has a few arrays a tree
_SMALL = 16 * MEGABYTE  # unpacked files up to here may be packed as tightly as they like
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


def unpacked(data: bytes, allowed: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the files of an archive by name, each of an `allowed` name.

    Raises `UserError` for a name that is not allowed or comes twice, for links, passwords, too many files, and what is
    too large unpacked, or not as its checksum says.
    """
    with _readable(data) as archive:
        entries = archive.infolist()
        require_bounded(data, entries, MOST_FILES)
        for entry in entries:
            _require_plain(entry, allowed)
        names = [entry.filename for entry in entries]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise UserError(
                N_("The file {file} stands twice in the archive, so it is not read."), file=twice[:80]
            )
        files = {entry.filename: archive.read(entry) for entry in entries}
    for name, content in files.items():
        if name.endswith(ARCHIVES):
            _require_bounded_inside(content)
    return files


def packed(files: dict[str, bytes]) -> bytes:
    """Return an archive of these files; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def require_bounded(data: bytes, entries: list[zipfile.ZipInfo], most: int) -> None:
    """Raise `UserError` where an archive has more files than `most`, or is too large unpacked."""
    limits, size = settings(), sum(entry.file_size for entry in entries)
    if len(entries) > most:
        raise UserError(
            N_("The archive holds {files:,} files; a run has {most} at most, so it is not read."),
            files=len(entries),
            most=most,
        )
    if size > limits.max_unpacked_bytes:
        raise UserError(
            N_(
                "The archive becomes {size:,.0f} MB when it is unpacked; up to {limit:,} MB are read ({variable})."
            ),
            size=size / MEGABYTE,
            limit=limits.max_unpacked_bytes // MEGABYTE,
            variable="HEADLINE_LAB_MAX_UNPACKED_MB",
        )
    ratio = size / max(len(data), 1)
    if size > _SMALL and ratio > limits.max_unpack_ratio:
        raise UserError(
            N_(
                "The archive becomes {ratio:,.0f} times larger when it is unpacked; up to {limit:,} are read ({variable})."
            ),
            ratio=ratio,
            limit=limits.max_unpack_ratio,
            variable="HEADLINE_LAB_MAX_UNPACK_RATIO",
        )


@contextmanager
def _readable(data: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except UserError:
        raise
    except _FAULTS as error:
        raise UserError(
            N_("This is no ZIP file that can be read, or it was damaged on its way. Export the run again.")
        ) from error


def _require_plain(entry: zipfile.ZipInfo, allowed: Callable[[str], bool]) -> None:
    name = entry.orig_filename
    if (
        name.startswith(("/", "\\"))
        or ".." in name.replace("\\", "/").split("/")
        or ":" in name
        or "\0" in name
    ):
        raise UserError(
            N_("The archive names a place outside of it ({file}), so it is not read."), file=repr(name[:80])
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UserError(N_("The archive holds a link ({file}), so it is not read."), file=name[:80])
    if entry.flag_bits & 1:
        raise UserError(N_("The archive is protected by a password. Export the run again."))
    if not allowed(name):
        raise UserError(
            N_("The archive holds {file}, which is no part of a run, so it is not read."), file=name[:80]
        )


def _require_bounded_inside(content: bytes) -> None:
    with _readable(content) as archive:
        entries = archive.infolist()
        require_bounded(content, entries, _MOST_PARTS)
        for entry in entries:
            with archive.open(entry) as part:  # no larger than it says, and as its checksum says
                while part.read(MEGABYTE):
                    pass
