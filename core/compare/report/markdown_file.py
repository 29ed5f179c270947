"""A document as Markdown for a repository: every word is shown as it was typed."""

from __future__ import annotations

import re

from core.compare.report.blocks import (
    Block,
    Cards,
    Code,
    Document,
    Grid,
    Heading,
    Points,
    Quote,
    State,
    Text,
)

_MARKUP = re.compile(r"([\\`*_\[\]<>#|$~&])")
_JOINED = re.compile(r"(:(?=[A-Za-z/+_-])|@|www(?=\.))", re.IGNORECASE)  # of emoji codes, links and addresses
_FIRST = re.compile(r"^(\d*)([-+=.)])")  # would begin a list or underline what is above


def markdown_file(document: Document) -> str:
    """Return a document as Markdown (CommonMark with tables); pictures are left out."""
    parts = [f"# {typed(document.title)}", typed(document.about)]
    for section in document.sections:
        parts.append(f"## {typed(section.title)}")
        parts += [written for block in section.blocks if (written := _block(block))]
    return "\n\n".join(parts) + "\n"


def typed(text: str) -> str:
    """Escape a text so that no mark in it is one of Markdown or HTML."""
    joined = _JOINED.sub("\\1\u2060", " ".join(text.split()))
    return _FIRST.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", joined))


def _block(block: Block) -> str:
    if isinstance(block, Text):
        return f"**{typed(block.text)}**" if block.strong else typed(block.text)
    if isinstance(block, Heading):
        return f"### {typed(block.text)}"
    if isinstance(block, Points):
        return "\n".join(
            f"{number}. {typed(item)}" if block.numbered else f"- {typed(item)}"
            for number, item in enumerate(block.items, 1)
        )
    if isinstance(block, Cards):
        return "\n".join(
            f"- {typed(card.label)}: **{typed(card.value)}** {typed(card.under)}".rstrip()
            for card in block.cards
        )
    if isinstance(block, State):
        number = typed(f"{block.number} {block.ends}".strip())
        return f"**{typed(block.mark)} {typed(block.word)}: {number}** ({typed(block.of)})"
    if isinstance(block, Grid):
        return _grid(block) if block.shown else ""
    if isinstance(block, Quote):
        return f"> {typed(block.headline)}\n>\n> {typed(block.said)}"
    if isinstance(block, Code):
        return _fenced(block.text)
    return ""


def _grid(block: Grid) -> str:
    lines = [[str(name) for name in block.frame.columns], ["---"] * len(block.frame.columns)]
    lines += [[str(cell) for cell in row] for row in block.frame.itertuples(index=False, name=None)]
    rows = (
        "| " + " | ".join(cells if number == 1 else map(typed, cells)) + " |"
        for number, cells in enumerate(lines)
    )
    return f"**{typed(block.title)}**\n\n" + "\n".join(rows)


def _fenced(text: str) -> str:
    longest = max((len(marks) for marks in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
