"""Small facts that are slow to find and kept in the workspace: hashes of weights, the number type chosen."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path

from core.files import write_atomic
from core.settings import settings

_lock = threading.Lock()


def _path() -> Path:
    return settings().home / "encoders" / "facts.json"


def _read() -> dict[str, str]:
    try:
        facts = json.loads(_path().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def recall(name: str) -> str | None:
    """Return what was remembered under this name, or None."""
    return _read().get(name)


def remember(name: str, value: str) -> None:
    """Keep a fact; one that another process writes at the same moment may be lost and is found again."""
    with _lock:
        facts = _read()
        if facts.get(name) != value:
            text = json.dumps(facts | {name: value}, indent=1, sort_keys=True)
            write_atomic(_path(), lambda path: path.write_text(text, encoding="utf-8"))


def fingerprint(files: Iterable[Path]) -> str:
    """Return the SHA-256 over names and contents of files; a file is read again only where it changed."""
    lines = sorted(f"{file.name}:{_file_hash(file.resolve())}" for file in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _file_hash(file: Path) -> str:
    stat = file.stat()
    name = f"sha256|{file}|{stat.st_size}|{stat.st_mtime_ns}"
    known = recall(name)
    if known is None:
        with file.open("rb") as handle:
            known = hashlib.file_digest(handle, "sha256").hexdigest()
        remember(name, known)
    return known
