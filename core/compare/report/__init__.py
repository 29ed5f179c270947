"""What is handed to others of a run: a report, a model card, and the tables of both."""

from core.compare.report.card import card
from core.compare.report.content import ReportContent
from core.compare.report.document import report
from core.compare.report.files import SavedReport, files_of, save_reports, saved_report
from core.compare.report.gathering import gather
from core.compare.report.html_file import CARD, html_file
from core.compare.report.markdown_file import markdown_file
from core.compare.report.reader import Reader
from core.compare.report.tables import tables_file

__all__ = [
    "CARD",
    "Reader",
    "ReportContent",
    "SavedReport",
    "card",
    "files_of",
    "gather",
    "html_file",
    "markdown_file",
    "report",
    "save_reports",
    "saved_report",
    "tables_file",
]
