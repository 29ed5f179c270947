"""Headlines that are hardly headlines, and those that the encoder does not read to the end."""

from __future__ import annotations

from collections.abc import Iterator

from core.data.quality.facts import Facts
from core.data.quality.finding import Case, Kind
from core.locale import N_

LONG, SHORT = 200, 5


def _long(facts: Facts) -> Iterator[Case]:
    size = facts.data.frame["headline"].str.len().to_numpy()
    if (size > LONG).any():
        params = {"count": int((size > LONG).sum()), "limit": LONG, "longest": int(size.max())}
        yield Case(params, facts.numbers(size > LONG))


def _short(facts: Facts) -> Iterator[Case]:
    size = facts.data.frame["headline"].str.len().to_numpy()
    if (size < SHORT).any():
        yield Case({"count": int((size < SHORT).sum()), "limit": SHORT}, facts.numbers(size < SHORT))


def _cut(facts: Facts) -> Iterator[Case]:
    lengths = facts.lengths
    if lengths.cut_rows:
        counts = {"share": lengths.cut, "counted": lengths.counted}
        yield Case({**counts, "limit": lengths.limit, "encoder": lengths.encoder}, lengths.cut_rows)


KINDS = (
    Kind(
        "long_headlines",
        "warning",
        N_("{count:,} headlines are longer than {limit} characters; the longest has {longest:,}."),
        N_("These look like the text of an article; an encoder reads their beginning only."),
        _long,
    ),
    Kind(
        "short_headlines",
        "info",
        N_("{count:,} headlines are shorter than {limit} characters."),
        N_("So short a text says hardly anything. Check that the right column was chosen."),
        _short,
    ),
    Kind(
        "cut_headlines",
        "warning",
        N_("{share:.1%} of {counted:,} headlines are longer than the {limit} tokens that {encoder} reads."),
        N_("The models do not see the end of these headlines."),
        _cut,
    ),
)
