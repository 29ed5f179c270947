"""A small cache in the workspace of facts that are slow to find: hashes of weights, the number type chosen."""

from __future__ import annotations

import json
import threading
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
    """Return the fact cached under this name, or None."""
    return _read().get(name)


def remember(name: str, value: str) -> None:
    """Cache a fact; one that another process writes at the same moment may be lost and is found again."""
    with _lock:
        facts = _read()
        if facts.get(name) != value:
            text = json.dumps(facts | {name: value}, indent=1, sort_keys=True)
            write_atomic(_path(), lambda path: path.write_text(text, encoding="utf-8"))
