"""What every command of the shell shares: reading, writing, progress and printing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from core.errors import UserError
from core.locale import N_, shell_language, translate


def _(template: str, /, **params: object) -> str:
    """Translate for this shell."""
    return translate(template, shell_language(), params)


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


def chosen_pooling(options: argparse.Namespace) -> str:
    """Return the pooling given, or the encoder's own; an encoder of the hub is downloaded if need be."""
    from core.embed import fetch

    return options.pooling or str(fetch(options.encoder, progress()).pooling)


def progress() -> Callable[..., None]:
    """Return a `Report` that prints to standard error, at every twentieth of the work."""
    last = [-1.0]

    def report(fraction: float, template: str, /, **params: object) -> None:
        if fraction - last[0] >= 0.05 or fraction in (0.0, 1.0) or fraction < last[0]:
            last[0] = fraction
            print(f"{fraction:4.0%}  {_(template, **params)}", file=sys.stderr)

    return report


def show(result: Any, indent: str = "") -> None:
    """Print a result for a person."""
    if isinstance(result, list):
        for item in result:
            show(item, indent)
            print()
        return
    for key, value in result.items():
        if isinstance(value, dict) and set(value) == {"value", "low", "high"}:
            print(
                f"{indent}{key}: {_figure(value['value'])} [{_figure(value['low'])}, {_figure(value['high'])}]"
            )
        elif isinstance(value, dict):
            print(f"{indent}{key}:")
            show(value, indent + "  ")
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
