"""A made-up file format: `#lines`, then a headline a line. Registered by the tests of the registry of formats."""

from __future__ import annotations

from core.data.formats.format import Format, Parsed, ReadOptions
from core.data.formats.text_table import TextColumns
from core.jobs import Report

FILE = "#lines\n가온전자, 대규모 수주 소식에 강세\n나라제약, 임상 실패에 급락\n".encode()
HEADLINES = ["가온전자, 대규모 수주 소식에 강세", "나라제약, 임상 실패에 급락"]


def read(data: bytes, options: ReadOptions, report: Report) -> Parsed:
    """Read every line below the first as a headline."""
    columns = TextColumns(["제목"])
    for line in data.decode(options.encoding).splitlines()[1:]:
        columns.add_row([line])
    return Parsed(columns.table())


def lines_format(apart: bool) -> Format:
    return Format(
        "lines",
        "Lines",
        ("lines",),
        "tests.makers.lines_format:read",
        matches=lambda head: head.startswith("#lines\n"),
        apart=apart,
    )
