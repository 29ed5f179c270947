"""The report of a run, section by section, in one language."""

from __future__ import annotations

from core.compare.report import (
    board_section,
    closing,
    example_section,
    map_section,
    opening,
    reasons,
    results,
)
from core.compare.report.blocks import Document
from core.compare.report.content import ReportContent
from core.compare.report.reader import Reader
from core.locale import N_


def report(content: ReportContent, reader: Reader) -> Document:
    """Return the report of a run."""
    run = content.run
    sections = [
        opening.answer(content, reader),
        opening.question(content, reader),
        opening.table(content, reader),
        opening.method(content, reader),
        results.score(content, reader),
        results.staircase(content, reader),
        results.lift(content, reader),
        reasons.drivers(content, reader),
        map_section.headline_map(content, reader),
        example_section.examples(content, reader),
        board_section.board(content, reader),
        closing.limits(content, reader),
        closing.appendix(content, reader),
    ]
    made = reader.say(N_("made on {date}"), date=content.made[:10])
    return Document(
        reader.language,
        reader.say(N_("Do the headlines say anything? A report on {name}"), name=run.dataset_name),
        f"{reader.run_label(run)} · {made}",
        tuple(section for section in sections if section is not None),
        reader.say(N_("Contents")),
    )
