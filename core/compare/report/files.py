"""The files that are handed on of a run: made together, kept in the workspace until they are made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.compare.report.card import card
from core.compare.report.content import ReportContent
from core.compare.report.document import report
from core.compare.report.html_file import CARD, html_file
from core.compare.report.markdown_file import markdown_file
from core.compare.report.reader import Reader
from core.compare.report.tables import tables_file
from core.files import write_atomic
from core.locale import LANGUAGES
from core.train.runs import RUN_ID, reports_folder

REPORT, CARD_PAGE, CARD_TEXT, TABLES = "report.html", "card.html", "card.md", "tables.zip"


@dataclass(frozen=True)
class SavedReport:
    """The files of a run's report in one language, each in the workspace; `made` is when, in seconds since 1970."""

    folder: Path

    @property
    def made(self) -> float:
        """When the report was made."""
        return (self.folder / REPORT).stat().st_mtime

    def read(self, name: str) -> bytes:
        """Return the content of one of the files."""
        return (self.folder / name).read_bytes()


def files_of(content: ReportContent, reader: Reader) -> Mapping[str, bytes]:
    """Return report, model card and tables in one language, by their names."""
    document, short = report(content, reader), card(content, reader)
    return {
        CARD_PAGE: html_file(short, CARD).encode("utf-8", "replace"),
        CARD_TEXT: markdown_file(short).encode("utf-8", "replace"),
        TABLES: tables_file(document),
        REPORT: html_file(document).encode("utf-8", "replace"),
    }


def save_reports(content: ReportContent) -> None:
    """Write the files of a run's report in every language into the workspace; raises `UserError` on a full disk."""
    for language in LANGUAGES:
        for name, data in files_of(content, Reader(language)).items():
            write(_folder(content.run.id, language) / name, data)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; raises `UserError` on a full disk."""
    write_atomic(path, lambda part: part.write_bytes(data))


def saved_report(run_id: str, language: str) -> SavedReport | None:
    """Return the files that were made of a run in a language; None where there are none yet."""
    folder = _folder(run_id, language)
    return (
        SavedReport(folder)
        if all((folder / name).is_file() for name in (REPORT, CARD_PAGE, CARD_TEXT, TABLES))
        else None
    )


def _folder(run_id: str, language: str) -> Path:
    if not RUN_ID.fullmatch(run_id) or language not in LANGUAGES:
        raise ValueError(f"no report of {run_id!r} in {language!r}")
    return reports_folder(run_id) / language
