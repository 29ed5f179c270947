"""Read a file in a process of its own, whose memory and time are bounded.

The process starts from a fresh interpreter, reads a job from a private folder and leaves its result there: the
table as an Arrow stream, the rest as JSON. Whatever becomes of it (an abort, a runaway, a kill), the caller gets
one sentence.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

import pyarrow as pa

from core.data.formats.format import Format, Parsed, ReadOptions, load_reader
from core.errors import UserError
from core.files import disk_errors
from core.jobs import Report
from core.locale import N_
from core.settings import MEGABYTE, settings

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[3]
_POLL_SECONDS = 0.05
_OUT_OF_MEMORY = (
    "memory allocation of",
    "MemoryError",
    "bad_alloc",
    "Cannot allocate memory",
    "malloc of size",
    "failed to map segment",
)


def parse_apart(kind: Format, data: bytes, options: ReadOptions, report: Report) -> Parsed:
    """Read a file by its format's reader in a bounded process.

    Raises:
        UserError: what the reader refuses, a limit that was hit, or a parser that broke.
    """
    temporary = Path(tempfile.gettempdir())
    with (
        disk_errors(temporary / "file"),
        tempfile.TemporaryDirectory(prefix="headline-lab-", ignore_cleanup_errors=True) as name,
    ):
        folder = Path(name)
        (folder / "file").write_bytes(data)
        job = {"reader": kind.reader, "options": asdict(options)}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        status = _run(folder, report)
        return _result(folder, kind, status)


def _run(folder: Path, report: Report) -> int:
    """Run the process to its end and return its exit status; it is killed at the time limit, or on Cancel."""
    command = [sys.executable, "-P", "-m", "core.data.formats.sandbox", str(folder)]
    deadline = time.monotonic() + settings().parser_seconds
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "ARROW_DEFAULT_MEMORY_POOL": "system"}
    with (folder / "log").open("wb") as messages:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages, env=environment, cwd=folder
        )
    try:
        for fraction, rows in _progress(folder):
            try:
                return process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                report(0.95 * fraction, N_("Reading the file: {rows:,} rows"), rows=rows)
            if _memory_of(process.pid) > settings().parser_bytes:
                raise _too_much_memory()
            if time.monotonic() > deadline:
                raise UserError(
                    N_(
                        "Reading the file took longer than {limit:,} seconds ({variable}). Save the table as CSV."
                    ),
                    limit=settings().parser_seconds,
                    variable="HEADLINE_LAB_PARSER_SECONDS",
                )
        raise AssertionError("progress never ends")
    finally:
        process.kill()
        process.wait()


def _memory_of(pid: int) -> int:
    """Return the resident bytes of a process, 0 where it has ended."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _progress(folder: Path) -> Iterator[tuple[float, int]]:
    """Yield the fraction and the rows that the process has told last, for ever."""
    path, last = folder / "progress", (0.0, 0)
    while True:
        try:
            fraction, rows = path.read_text(encoding="ascii").split()
            last = float(fraction), int(rows)
        except (OSError, ValueError):  # not there yet, or half written
            pass
        yield last


def _result(folder: Path, kind: Format, status: int) -> Parsed:
    try:
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _broken(folder, kind, status) from None
    if "error" in result:
        raise UserError(result["error"]["template"], **result["error"]["params"])
    with pa.OSFile(str(folder / "table.arrow")) as file:
        table = pa.ipc.open_stream(file).read_all()
    lists = {key: tuple(result[key]) for key in ("sheets", "titles")}
    return Parsed(table, **{**result, **lists})


def _broken(folder: Path, kind: Format, status: int) -> UserError:
    messages = (folder / "log").read_text(encoding="utf-8", errors="replace").strip() or f"status {status}"
    log.warning("the reader of a %s file ended with status %s: %s", kind.title, status, messages[-2000:])
    if status == -9 or any(sign in messages for sign in _OUT_OF_MEMORY):
        return _too_much_memory()
    return UserError(
        N_(
            "The {format} file is damaged, or not what it claims to be ({reason}). Open it in the program it comes from "
            "and save it again."
        ),
        format=kind.title,
        reason=re.sub(r"^[\w.]+: ", "", messages.splitlines()[-1])[-200:],
    )


def _too_much_memory() -> UserError:
    return UserError(
        N_(
            "Reading the file needs more than {limit:,} MB of memory ({variable}). In a workbook, look for cells "
            "far outside the table and delete them; or save the table as CSV."
        ),
        limit=settings().parser_bytes // MEGABYTE,
        variable="HEADLINE_LAB_PARSER_MEMORY_MB",
    )


def main(folder: Path) -> None:
    """Read the job in `folder` and leave the result there: the process's side."""
    _bound_memory()
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    try:
        read = load_reader(job["reader"])
        data = (folder / "file").read_bytes()
        parsed = read(data, ReadOptions(**job["options"]), _told_in(folder / "progress"))
    except UserError as error:
        result = {"error": {"template": error.message.template, "params": dict(error.message.params)}}
    else:
        with (
            pa.OSFile(str(folder / "table.arrow"), "wb") as file,
            pa.ipc.new_stream(file, parsed.table.schema) as stream,
        ):
            stream.write_table(parsed.table)
        result = {item.name: getattr(parsed, item.name) for item in fields(parsed) if item.name != "table"}
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _told_in(path: Path) -> Report:
    def report(fraction: float, template: str, /, **params: object) -> None:
        path.write_text(f"{fraction:.4f} {params.get('rows', 0)}", encoding="ascii")

    return report


def _bound_memory() -> None:
    """Let the system refuse memory beyond the limit, where it can; the caller watches as well, every 50 ms."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (settings().parser_bytes, settings().parser_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
