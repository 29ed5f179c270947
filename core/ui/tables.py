"""How every table is drawn: its title, whole rows, and the table to take away as CSV or XLSX."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core.data.export import to_csv, to_xlsx
from core.ui.text import UNKNOWN, _, as_typed, bold, file_name

_ROW = 33  # pixels of a row and of the header: 2.2 of the base font size in `.streamlit/config.toml`
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(
    content: pd.DataFrame | Styler,
    key: str,
    title: str = "",
    rows: int = 10,
    hide_index: bool = True,
    saved: pd.DataFrame | None = None,
    **options: Any,
) -> Any:
    """Draw a table that ends at a row's edge after at most `rows`, with a CSV and an XLSX of all of it below.

    `title` is shown as typed and names the files too; `saved` is what they hold, by default what is shown; `options` are those of `st.dataframe`, whose selection is
    returned.
    """
    frame: pd.DataFrame = content.data if isinstance(content, Styler) else content  # type: ignore[attr-defined]
    if title:
        with st.container(key=f"titled-{key}"):
            st.markdown(bold(as_typed(title)))
    options.setdefault("placeholder", UNKNOWN)
    height = height_of(len(frame), rows)
    drawn = st.dataframe(content, key=key, hide_index=hide_index, height=height, **options)
    if saved is None:
        saved = frame if hide_index else frame.rename_axis(frame.index.name or "").reset_index()
    with st.container(key=f"save-{key}", horizontal=True, horizontal_alignment="right", gap="small"):
        for kind, mime, write in (("csv", "text/csv", to_csv), ("xlsx", _XLSX, to_xlsx)):
            st.download_button(
                kind.upper(),
                data=lambda write=write: write(saved),  # type: ignore[misc]
                file_name=f"{file_name(title or key)}.{kind}",
                mime=mime,
                key=f"{kind}-{key}",
                type="tertiary",
                on_click="ignore",
                help=_("Save this table as {kind}", kind=kind.upper()),
            )
    return drawn


def height_of(rows: int, most: int) -> int:
    """Return the height in pixels of a header and whole rows, at most so many."""
    return _ROW * (min(rows, most) + 1) + 2
