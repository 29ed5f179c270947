"""What identifies an encoder: a SHA-256 of its files, which are read again only where they changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from core.embed.checkpoint.files import tokenizer_files, weight_files
from core.embed.checkpoint.ready_folder import ready_folder
from core.embed.encoder_card import EncoderCard
from core.embed.facts_cache import recall, remember

_IDENTITY_FILES = ("config.json", "tokenizer_config.json")


def fingerprint(card: EncoderCard) -> str:
    """Return the SHA-256 of weights, tokenizer and config; the bundled encoder is unpacked if need be.

    Raises `UserError` for an encoder that is not on this machine.
    """
    folder = ready_folder(card)
    settings = [folder / name for name in _IDENTITY_FILES if (folder / name).is_file()]
    return files_fingerprint([*settings, *tokenizer_files(folder), *weight_files(folder)])


def files_fingerprint(files: Iterable[Path]) -> str:
    """Return the SHA-256 over names and contents of files; their own hashes are cached in the workspace."""
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
