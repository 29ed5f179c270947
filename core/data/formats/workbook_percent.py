"""Which columns of a sheet Excel shows as percent: their cells hold 0.012 where a person reads 1.2%.

The parser of the cells does not tell formats. Without them, 0.012 under a header such as 등락률(%) would be taken
for 0.012%.
"""

from __future__ import annotations

import io
import logging
import posixpath
import re
import zipfile
from collections import Counter
from decimal import Decimal
from itertools import islice
from xml.etree import ElementTree

log = logging.getLogger(__name__)

_SAMPLE_CELLS = 5_000
_BUILT_IN = {9, 10}  # 0% and 0.00%, ECMA-376 part 1, 18.8.30
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def percent_columns(data: bytes, sheet: str) -> set[int]:
    """Return the columns, from 0, whose numbers among the sheet's first cells are all shown as percent."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            styles = _percent_styles(archive)
            return _columns(archive, _part_of(archive, sheet), styles) if styles else set()
    except (KeyError, ValueError, ElementTree.ParseError) as error:  # the cells' own parser is more lenient
        log.warning("the number formats of a workbook cannot be read: %r", error)
        return set()


def as_percent(value: float) -> str:
    """Return a number as the percent it is shown as, with all of its digits: 0.012 is 1.2%."""
    return f"{Decimal(repr(value)).scaleb(2):f}%"


def _percent_styles(archive: zipfile.ZipFile) -> set[str]:
    """Return the indexes of the cell styles whose number format is a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = {
        int(element.get("numFmtId", 0)): "%" in _LITERAL.sub("", element.get("formatCode", ""))
        for element in root.iterfind("{*}numFmts/{*}numFmt")
    }
    kinds = [int(element.get("numFmtId", 0)) for element in root.iterfind("{*}cellXfs/{*}xf")]
    return {str(i) for i, kind in enumerate(kinds) if formats.get(kind, kind in _BUILT_IN)}


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the archive's part that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in book.iterfind("{*}sheets/{*}sheet"):
        if element.get("name") == sheet:
            key = next(value for name, value in element.attrib.items() if name.endswith("}id"))
            return posixpath.normpath(posixpath.join("/xl", targets[key])).lstrip("/")
    raise KeyError(sheet)


def _columns(archive: zipfile.ZipFile, part: str, styles: set[str]) -> set[int]:
    numbers, percents = Counter[int](), Counter[int]()
    with archive.open(part) as file:
        cells = (
            element
            for _event, element in ElementTree.iterparse(file)
            if element.tag.rpartition("}")[2] == "c"
        )
        for cell in islice(cells, _SAMPLE_CELLS):
            if cell.get("t", "n") == "n" and cell.find("{*}v") is not None:
                column = _column(cell.get("r", ""))
                numbers[column] += 1
                percents[column] += cell.get("s") in styles
    return {column for column, count in percents.items() if count == numbers[column] and column >= 0}


def _column(reference: str) -> int:
    """Return the column of a cell's reference, from 0: AB7 is 27. -1 where there is none."""
    place = 0
    for letter in reference.rstrip("0123456789"):
        place = place * 26 + ord(letter) - 64
    return place - 1
