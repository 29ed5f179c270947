"""The file formats that can be read: each one entry here, and nowhere else."""

from __future__ import annotations

import re

from core.data.formats.format import Format

_JSON = re.compile(r'\s*(?:\[\s*[\[{]|\{\s*["}])')

# Asked from the last to the first: any text may be CSV. ZIP files and OLE files stand for XLSX and XLS; their reader
# refuses the others.
FORMATS: list[Format] = [
    Format(
        "csv",
        "CSV",
        ("csv", "tsv", "txt"),
        "core.data.formats.delimited:read",
        matches=lambda head: True,
        apart=False,
    ),
    Format("xlsx", "XLSX", ("xlsx", "xlsm"), "core.data.formats.workbook:read", (b"PK\x03\x04",)),
    Format("xls", "XLS", ("xls",), "core.data.formats.workbook:read", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    Format("parquet", "Parquet", ("parquet",), "core.data.formats.parquet:read", (b"PAR1",)),
    Format(
        "json",
        "JSON",
        ("json", "jsonl", "ndjson"),
        "core.data.formats.jsonfile:read",
        matches=lambda head: _JSON.match(head) is not None,
    ),
]


def titles() -> str:
    """Return the names of all formats, as a sentence lists them."""
    return ", ".join(one.title for one in FORMATS)


def endings() -> str:
    """Return the usual file endings of all formats, as a sentence lists them."""
    return ", ".join(f".{ending}" for one in FORMATS for ending in one.endings)
