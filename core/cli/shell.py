"""What every command of the shell shares: reading, writing, progress and printing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from core.errors import Message, UserError
from core.jobs import Report
from core.locale import N_, shell_language, translate, translate_message


def _(template: str, /, **params: object) -> str:
    """Translate for this shell."""
    return translate(template, shell_language(), params)


def translated(message: Message) -> str:
    """Return a message in this shell's language."""
    return translate_message(message, shell_language())


def warnings_of(messages: Iterable[Message], code: str = "caution") -> list[dict[str, str]]:
    """Return messages as JSON shows them, `{code, message}`; `code` stands where a message has none of its own."""
    return [{"code": message.code or code, "message": translated(message)} for message in messages]


def tell(message: Message) -> None:
    """Print a message for a person, on standard error."""
    print(translated(message), file=sys.stderr)


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; raises `UserError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            N_("The file {file} cannot be read: {reason}."),
            file=str(path),
            reason=error.strerror or str(error),
        ) from error


def require_folder(path: Path) -> None:
    """Raise `UserError` where the folder to write to is not there: before the work, not after it."""
    if not path.absolute().parent.is_dir():
        raise UserError(N_("There is no folder {folder} to write to."), folder=str(path.absolute().parent))


def write(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Let `fill` write a file; raises `UserError` where it cannot be written."""
    try:
        with path.open("wb") as file:
            fill(file)
    except OSError as error:
        raise UserError(
            N_("The file {file} cannot be written: {reason}."),
            file=str(path),
            reason=error.strerror or str(error),
        ) from error


def progress() -> Report:
    """Return a `Report` that prints to standard error, at every twentieth of the work."""
    last = [-1.0]

    def report(fraction: float, template: str, /, **params: object) -> None:
        if fraction - last[0] >= 0.05 or fraction in (0.0, 1.0) or fraction < last[0]:
            last[0] = fraction
            print(f"{fraction:4.0%}  {_(template, **params)}", file=sys.stderr)

    return report


def show(result: Any, as_json: bool) -> None:
    """Print a result on standard output."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        _show(result)


def _show(result: Any, indent: str = "") -> None:
    """Print a result for a person."""
    if isinstance(result, list):
        for item in result:
            _show(item, indent)
            print()
        return
    for key, value in result.items():
        if isinstance(value, dict) and set(value) == {"value", "low", "high"}:
            print(
                f"{indent}{key}: {_figure(value['value'])} [{_figure(value['low'])}, {_figure(value['high'])}]"
            )
        elif isinstance(value, dict):
            print(f"{indent}{key}:")
            _show(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            print(f"{indent}{key}:")
            for item in value:
                rows = f" ({len(item['rows'])})" if item.get("rows") else ""
                print(f"{indent}  {item.get('message', item)}{rows}")
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            print(f"{indent}{key}: {_figure(shown) if isinstance(shown, float) else shown}")


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
