"""Uploading one file or two: how each is read, and the draft that begins with them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.data.formats.delimited import DELIMITERS, ONE_COLUMN
from core.data.formats.encoding import ENCODINGS
from core.data.formats.registry import endings, titles
from core.data.guess.roles import guess_roles
from core.data.ingest import File, read_sources
from core.data.reading import ReadOptions, Source, read_table
from core.errors import UserError
from core.settings import MEGABYTE, settings
from core.ui.data import draft
from core.ui.text import _, md, translate_md


def upload() -> None:
    """Ask for one file or two, and begin a draft where they, or how they are read, are new."""
    uploaded = _uploaders()
    if not uploaded:
        return
    digests = [_digest(file) for file in uploaded]
    files = [
        File(file.name, file.getvalue(), _read_options(file.name, number, digest))
        for number, (file, digest) in enumerate(zip(uploaded, digests, strict=True))
    ]
    fingerprint = tuple(f"{digest} {file.options!r}" for digest, file in zip(digests, files, strict=True))
    current: draft.Draft | None = st.session_state.get("draft")
    if current is not None and current.fingerprint == fingerprint:
        return
    try:
        with st.spinner(_("Reading the file …")):
            sources = read_sources(files)
    except UserError as error:
        st.error(translate_md(error.message))
        st.session_state.pop("draft", None)
        return
    draft.start(sources, fingerprint)
    if _remember_sheets(sources, files, digests):
        st.rerun()


def next_upload() -> None:
    """Empty the uploaders: what they held has become a dataset."""
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1


def _uploaders() -> list[UploadedFile]:
    limits = settings()
    st.caption(
        _(
            "Files up to {mb:,.0f} MB and {rows:,} rows. A million rows take about 20 seconds on two cores.",
            mb=limits.max_upload_bytes / MEGABYTE,
            rows=limits.max_rows,
        )
    )
    generation = st.session_state.get("uploads", 0)
    left, right = st.columns(2)
    with left:
        first = st.file_uploader(
            _("The headlines ({formats})", formats=titles()),
            key=f"upload-{generation}",
            help=_("A file is known by its content. Usual endings: {endings}", endings=endings()),
        )
    with right:
        second = st.file_uploader(
            _("A second file with features or outcomes (optional)"),
            key=f"upload-2-{generation}",
            disabled=not first,
        )
    return [file for file in (first, second) if file is not None] if first else []


def _digest(file: UploadedFile) -> str:
    """Return the SHA-256 of a file's bytes, computed once for each upload."""
    known: dict[str, str] = st.session_state.setdefault("digests", {})
    if file.file_id not in known:
        known[file.file_id] = hashlib.sha256(file.getvalue()).hexdigest()
    return known[file.file_id]


def _read_options(name: str, number: int, digest: str) -> ReadOptions:
    sheets, wanted = st.session_state.get("sheets", {}).get(digest, ((), ""))
    sheet = ""
    if sheets:
        index = sheets.index(wanted) if number == 0 and wanted in sheets else 0
        sheet = st.selectbox(_("Sheet"), sheets, index=index, key=f"sheet-{digest[:12]}")
    with st.popover(md("How {name} is read", name=name), icon=":material/settings:"):
        found = _("automatic")
        encoding = st.selectbox(
            _("Encoding"),
            ["", *ENCODINGS],
            key=f"encoding-{number}",
            format_func=lambda e: e.upper() or found,
        )
        names = {
            "": found,
            ",": _("comma"),
            "\t": _("tab"),
            ";": _("semicolon"),
            ONE_COLUMN: _("none: one column"),
        }
        delimiter = st.selectbox(
            _("Delimiter"),
            ["", *DELIMITERS, ONE_COLUMN],
            key=f"delimiter-{number}",
            format_func=lambda d: names.get(d, d),
        )
    return ReadOptions(encoding or "", delimiter or "", sheet or "")


def _remember_sheets(sources: Sequence[Source], files: Sequence[File], digests: Sequence[str]) -> bool:
    """Remember the sheets of new workbooks, and which has headlines where the first has not; say if any is new."""
    known: dict[str, tuple[tuple[str, ...], str]] = st.session_state.setdefault("sheets", {})
    new = False
    for source, file, digest in zip(sources, files, digests, strict=True):
        if digest not in known and len(source.table.sheets) > 1:
            known[digest] = (source.table.sheets, _sheet_of_headlines(file.content, source))
            new = True
    return new


def _sheet_of_headlines(content: bytes, source: Source) -> str:
    for sheet in source.table.sheets:
        try:
            guess_roles(read_table(content, ReadOptions(sheet=sheet)).frame)
        except UserError:
            continue
        return sheet
    return source.table.sheet
