"""The model card of a tuned encoder, as Hugging Face has it: a README with a header in YAML.

https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.embed.seen import TUNED
from core.evaluate.bootstrap import Interval
from core.tune.record import Tuned


def model_card(tuned: Tuned) -> str:
    """Return the text of the card: what it was made of, on what, how, and what the test showed."""
    data = tuned.data
    what = "sentence pairs" if data.pairs else "texts"
    period = f" Sessions {data.first} to {data.last}; a test on those is no test." if data.first else ""
    sections = [
        _header(tuned),
        f"# {tuned.name}",
        f"`{tuned.encoder}`, fine-tuned with Headline Lab ({tuned.settings.method}) on {tuned.created[:10]}.",
        str(tuned.verdict.message),
        "## Data",
        f"{data.name or 'A table'} (id `{data.id or 'none'}`): {data.train:,} {what} to train, {data.valid:,} to choose "
        f"the epoch, {data.test:,} to test, {data.left_out:,} left out.{period}",
        f"Classes: {', '.join(data.classes)}." if data.classes else "",
        "`seen.npz` holds hashes of the texts and the sessions that it was tuned on, so that the app knows them again.",
        "## Test",
        _scores(tuned),
        "## Settings",
        _table(
            ("setting", "value"),
            [(key, json.dumps(value)) for key, value in tuned.settings.as_dict().items()],
        ),
        "## Licence",
        f"The licence of `{tuned.encoder}` applies to these weights too: {tuned.licence or 'see its own page'}. The "
        "texts that it was tuned on may have terms of their own.",
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def _header(tuned: Tuned) -> str:
    """Return the YAML header; JSON strings are YAML strings."""
    lines = ["library_name: sentence-transformers", "tags: [sentence-transformers, feature-extraction]"]
    if "/" in tuned.encoder and not tuned.encoder.startswith(("/", TUNED)):
        lines.append(f"base_model: {json.dumps(tuned.encoder, ensure_ascii=False)}")
    if tuned.licence:
        lines.append(f"license: {json.dumps(tuned.licence.lower(), ensure_ascii=False)}")
    return "\n".join(["---", *lines, "---"])


def _scores(tuned: Tuned) -> str:
    judged = tuned.judged
    tables = (judged.before, judged.after, judged.difference)
    rows = [(name, *(_interval(table, name) for table in tables)) for name in judged.after]
    return _table(("metric", "before", "after", "difference"), rows)


def _interval(table: Mapping[str, Interval], name: str) -> str:
    found = table.get(name)
    return "" if found is None else f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
