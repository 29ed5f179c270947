"""JSON and JSON lines to a table of text cells. Runs in the sandbox: a document may be deep, or wide without end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from core.data.formats.format import Parsed, ReadOptions
from core.data.formats.text_table import TextColumns, as_text
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_

_DEEPEST = 8
_CONSTANTS = {"NaN": None, "Infinity": "inf", "-Infinity": "-inf"}
_LONGEST_INTEGER = 4_000  # Python refuses to read and write longer ones


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else digits


_DECODER = json.JSONDecoder(parse_int=_integer, parse_constant=_CONSTANTS.__getitem__)


def read(data: bytes, options: ReadOptions, report: Report) -> Parsed:
    """Read JSON or JSON lines: the registry's entry to `read_json`."""
    table, kind = read_json(data.decode(options.encoding), report)
    return Parsed(table, kind)


def read_json(text: str, report: Report = silent) -> tuple[pa.Table, str]:
    """Return the table and "json" or "jsonl".

    Understood are a list of objects or of rows below a header row, an object of columns, pandas' `orient`s, an
    object in which one list of objects stands (`{"data": [...]}`, `{"total": 2, "items": [...]}`), and one object a
    line. Numbers keep their digits; nested values become JSON again.

    Raises:
        UserError: where the text is no JSON (with the line), nested too deeply, or holds no such table.
    """
    try:
        return _read(text.lstrip("\ufeff \t\r\n"), report)
    except RecursionError as error:
        raise UserError(
            N_("The JSON is nested too deeply. Save the table as a list of objects, or as CSV.")
        ) from error


def _read(text: str, report: Report) -> tuple[pa.Table, str]:
    try:
        document, end = _DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        raise _invalid(error.lineno, error.msg) from error
    rest = text[end:].strip("\ufeff \t\r\n\x1a")
    if rest and isinstance(document, dict):
        return _from_objects(list(_lines(text)), report), "jsonl"
    if rest:
        raise _invalid(text.count("\n", 0, text.index(rest[0], end)) + 1, "Extra data")
    return _from_document(document, report), "json"


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip("\ufeff \t\r\x1a"):
            continue
        try:
            value = _DECODER.decode(line)
        except json.JSONDecodeError as error:
            raise _invalid(number, error.msg) from error
        if not isinstance(value, dict):
            raise _invalid(number, "no object")
        yield value


def _invalid(line: int, reason: str) -> UserError:
    return UserError(
        N_("Line {line:,} is no valid JSON ({reason}). Mend it, or save the table as CSV."),
        line=line,
        reason=reason,
    )


def _from_document(document: Any, report: Report) -> pa.Table:
    if isinstance(document, dict):
        if isinstance(document.get("columns"), list) and isinstance(document.get("data"), list):
            return _from_rows([document["columns"], *document["data"]], report)
        values = list(document.values())
        if values and all(isinstance(value, list) for value in values) and not _holds_objects(document):
            return _from_columns(document, report)
        if values and all(isinstance(value, dict) and _is_flat(value) for value in values):
            return _from_mapping(document, report)
        document = _only_list_of_objects(document.get("data")) or _only_list_of_objects(document)
    if isinstance(document, list) and document:
        if all(isinstance(item, dict) for item in document):
            return _from_objects(document, report)
        if all(isinstance(item, list) for item in document):
            return _from_rows(document, report)
    raise UserError(N_("The JSON holds no table. Save it as a list of objects, one for each row."))


def _from_objects(items: list[dict[str, Any]], report: Report) -> pa.Table:
    names = list(dict.fromkeys(name for item in items for name in item))
    columns = TextColumns([as_text(name) for name in names])
    return _filled(
        columns, ([as_text(item.get(name)) for name in names] for item in items), len(items), report
    )


def _from_rows(rows: list[list[Any]], report: Report) -> pa.Table:
    columns = TextColumns([as_text(cell) for cell in rows[0]])
    for number, row in enumerate(rows[1:], 1):
        if not isinstance(row, list) or len(row) != len(rows[0]):
            raise UserError(
                N_("Row {row:,} of the JSON has another number of cells than the header."), row=number
            )
    return _filled(columns, ([as_text(cell) for cell in row] for row in rows[1:]), len(rows), report)


def _from_columns(document: dict[str, list[Any]], report: Report) -> pa.Table:
    lengths = {name: len(values) for name, values in document.items()}
    if len(set(lengths.values())) > 1:
        raise UserError(
            N_("The columns of the JSON have different lengths: {lengths}."),
            lengths=", ".join(f"{as_text(name)} {length:,}" for name, length in list(lengths.items())[:12]),
        )
    columns = TextColumns([as_text(name) for name in document])
    rows = zip(*document.values(), strict=True)
    return _filled(columns, ([as_text(cell) for cell in row] for row in rows), max(lengths.values()), report)


def _from_mapping(document: dict[str, dict[str, Any]], report: Report) -> pa.Table:
    """Read pandas' orient="columns" (column, then row label) or "index" (row label, then column)."""
    if all(name.isdecimal() for name in document):
        return _from_objects(list(document.values()), report)
    labels = list(dict.fromkeys(label for column in document.values() for label in column))
    return _from_columns(
        {name: [column.get(label) for label in labels] for name, column in document.items()}, report
    )


def _filled(columns: TextColumns, rows: Iterable[list[str]], total: int, report: Report) -> pa.Table:
    for row in rows:
        if columns.add_row(row):
            report(columns.rows / total, N_("Reading the file: {rows:,} rows"), rows=columns.rows)
    return columns.table()


def _is_flat(value: dict[str, Any]) -> bool:
    return bool(value) and not any(isinstance(cell, dict | list) for cell in value.values())


def _holds_objects(document: dict[str, list[Any]]) -> bool:
    return any(value and all(isinstance(item, dict) for item in value) for value in document.values())


def _only_list_of_objects(document: Any, depth: int = 0) -> list[dict[str, Any]] | None:
    """Return the one list of objects that stands in an object, also further down; None where there are several."""
    if isinstance(document, list):
        return document if document and all(isinstance(item, dict) for item in document) else None
    if not isinstance(document, dict) or depth == _DEEPEST:
        return None
    found = [part for value in document.values() if (part := _only_list_of_objects(value, depth + 1))]
    return found[0] if len(found) == 1 else None
