"""A document as one HTML file: no script, nothing fetched, every word escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from core.compare.report.blocks import Document

if TYPE_CHECKING:
    from jinja2 import Template

REPORT, CARD = "report", "card"
LONGEST = 20_000  # characters of one paragraph, cell or text to copy


def html_file(document: Document, kind: str = REPORT) -> str:
    """Return a document as a file that opens offline and prints to A4; `kind` is "report" or "card".

    Its Content-Security-Policy lets a browser run nothing and fetch nothing: of styles it allows the one sheet that the
    file carries, by its SHA-256.
    """
    style = _file("style.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    made: str = _template().render(document=document, kind=kind, style=Markup(style), policy=Markup(policy))
    return made


@lru_cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_bounded
    )
    return environment.from_string(_file("document.html"))


def _bounded(value: object) -> object:
    """Return what a place of the template is filled with: of a user's text no more than fits some pages."""
    if isinstance(value, Markup) or not isinstance(value, str) or len(value) <= LONGEST:
        return value
    return value[:LONGEST] + "…"


@lru_cache
def _file(name: str) -> str:
    return (files("core.compare.report") / "templates" / name).read_text(encoding="utf-8")
