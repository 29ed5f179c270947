"""What a file format is: how it is known, who reads it, and what a reader takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import pyarrow as pa

from core.jobs import Report


@dataclass(frozen=True)
class ReadOptions:
    """What the user chose instead of what would be found; "" finds it.

    `encoding` is one of `core.data.formats.encoding.ENCODINGS`, `delimiter` one character (a line break for a
    single column), `sheet` the name of a workbook's sheet.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True, eq=False)
class Parsed:
    """What a reader found: a table of text cells, and what else it knows.

    `format` is the format's key where the reader tells kinds of it apart (json, jsonl), else ""; the others are
    empty where the format has none. `titles` are lines above the header, which are not part of the table.
    """

    table: pa.Table
    format: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


Reader = Callable[[bytes, ReadOptions, Report], Parsed]


@dataclass(frozen=True)
class Format:
    """A file format, as pages, messages and the reading itself need to know it.

    - `key`: its name in JSON and code; `title`: its name in sentences; `endings`: usual endings of its files,
      which are shown only: a file is known by its content, never by its name;
    - `reader`: "module:function" of a `Reader`, imported where a file is read. For a text format the options hold
      the encoding that was found;
    - `starts`: the first bytes of a binary format. A format without them is text, and `matches` says of the
      beginning of a text whether it is of this format;
    - `apart`: whether it is read in a process of its own, bounded in memory and time (`sandbox`).
    """

    key: str
    title: str
    endings: tuple[str, ...]
    reader: str
    starts: tuple[bytes, ...] = ()
    matches: Callable[[str], bool] | None = None
    apart: bool = True

    def __post_init__(self) -> None:
        if bool(self.starts) == bool(self.matches):
            raise ValueError(
                f"the format {self.key} is known by its first bytes or by its text: by one of them"
            )


def load_reader(name: str) -> Reader:
    """Return the reader that "module:function" names."""
    module, _colon, function = name.partition(":")
    reader: Reader = getattr(import_module(module), function)
    return reader
