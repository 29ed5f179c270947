"""One table with every kind of cell, as each format's own programs write it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from unittest import mock

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell import _writer
from openpyxl.compat import safe_string

FRAME = pd.DataFrame(
    {
        "제목": ["삼성전자 급등", 'LG, "사상 최대" 실적', "카카오 🚀 급락\n속보", "=1+1 中 증시"],
        "일자": pd.to_datetime(["2024-01-02", "2024-01-03", "2024-01-04", None]),
        "작성일시": [datetime(2024, 1, 2, 15, 30), datetime(2024, 1, 3), datetime(2024, 1, 4, 9, 5, 7), None],
        "언론사": ["가나일보", "NA", None, "다라경제"],
        "종목코드": ["005930", "066570", "035720", "000660"],
        "RSI": [41.45337532098054, 5930.0, None, 1e-7],
        "금액": [-0.1, 100000.0, 1e20, -0.013513513513513487],
        "수량": [1, -5, 0, 9007199254740991],
        "상승": [True, False, True, False],
    }
)
TEXTS = {
    "제목": FRAME["제목"].tolist(),
    "일자": ["2024-01-02", "2024-01-03", "2024-01-04", ""],
    "언론사": ["가나일보", "NA", "", "다라경제"],
    "종목코드": FRAME["종목코드"].tolist(),
    "수량": ["1", "-5", "0", "9007199254740991"],
    "상승": ["true", "false", "true", "false"],
}


def csv_file(frame: pd.DataFrame = FRAME) -> bytes:
    """CSV as pandas writes it, with true and false as the other formats have them."""
    flags = frame.select_dtypes(bool)
    return (
        frame.assign(**{name: flags[name].map({True: "true", False: "false"}) for name in flags})
        .to_csv(index=False)
        .encode()
    )


def xlsx_file(rows: list[list[object]], *more_sheets: str) -> bytes:
    """A workbook whose first sheet holds the rows, and empty ones of the other names."""
    book = openpyxl.Workbook()
    book.active.title = "뉴스"
    for row in rows:
        book.active.append(row)
    for line in book.active.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # =1+1 is a text here
    for name in more_sheets:
        book.create_sheet(name)
    with mock.patch.object(
        _writer, "safe_string", _exact
    ):  # openpyxl would round to 16 digits; Excel keeps 17
        return _bytes_of(book.save)


def _exact(value: object) -> str:
    return repr(value) if isinstance(value, float) else safe_string(value)


def workbook(frame: pd.DataFrame = FRAME) -> bytes:
    """XLSX of a frame; dates without a clock are dates."""
    rows = [[_for_excel(value) for value in row] for row in frame.itertuples(index=False)]
    return xlsx_file([list(frame.columns), *rows])


def parquet_file(frame: pd.DataFrame = FRAME) -> bytes:
    """Parquet as pandas writes it."""
    return _bytes_of(frame.to_parquet)


FORMATS: dict[str, Callable[[], bytes]] = {
    "csv": csv_file,
    "xlsx": workbook,
    "parquet": parquet_file,
    "json": lambda: json.dumps(exact_objects(), ensure_ascii=False).encode(),
    "jsonl": lambda: "\n".join(json.dumps(item) for item in exact_objects()).encode(),
}


def exact_objects(frame: pd.DataFrame = FRAME) -> list[dict[str, object]]:
    """The rows as plain objects; pandas' own JSON would round the floats."""
    return [
        {name: _for_json(value) for name, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def changed_zip(data: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """The archive with some of its parts rewritten."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
    return target.getvalue()


def _for_excel(value: object) -> object:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, datetime) and value == datetime.combine(value.date(), datetime.min.time()):
        return value.date()
    return value.item() if isinstance(value, np.generic) else value


def _for_json(value: object) -> object:
    value = _for_excel(value)
    return value.isoformat() if isinstance(value, date) else value


def _bytes_of(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()
