"""Every table of a report as CSV and XLSX, in one zip file."""

from __future__ import annotations

import io
import zipfile

import pandas as pd

from core.compare.report.blocks import Document
from core.data.export import to_csv, to_xlsx

_TIME = (1980, 1, 1, 0, 0, 0)  # of every member, so that the same tables are the same bytes


def tables_file(document: Document) -> bytes:
    """Return a zip file with each table as CSV and as XLSX; no cell that a spreadsheet would run as a formula."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for grid in document.grids():
            frame = pd.DataFrame(grid.taken)
            for kind, write in (("csv", to_csv), ("xlsx", to_xlsx)):
                file.writestr(zipfile.ZipInfo(f"{grid.name}.{kind}", _TIME), write(frame))
    return target.getvalue()
