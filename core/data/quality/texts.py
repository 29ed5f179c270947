"""Headlines and outlets: repeats, who wrote them, and how long they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.near_duplicates import MOST_COMPARED, Repeats, retold_rows
from core.data.plan import Plan
from core.data.quality.finding import Finding, cleaned, file_rows
from core.errors import Message
from core.locale import N_

OUTLETS_SHOWN = 15
LONG, SHORT = 200, 5
TOKEN_SAMPLE = 20_000
ONE_OUTLET = 0.5
QUANTILES = (0.0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class TokenCounter:
    """An encoder's name, how many tokens it reads, and a function from texts to their lengths in tokens.

    `count` must count what stands beyond the limit too, and the prefix and special tokens as the encoder does.
    """

    encoder: str
    limit: int
    count: Callable[[list[str]], np.ndarray]


@dataclass(frozen=True, eq=False)
class Outlets:
    """The outlets with the most rows: `shown` has `outlet, rows, share`, at most 15; `others` outlets hold
    `other_rows` rows, and `missing` rows name none. Shares are of the rows that name an outlet.
    """

    shown: pd.DataFrame
    others: int
    other_rows: int
    missing: int


@dataclass(frozen=True, eq=False)
class Lengths:
    """How long the different headlines are: quantiles (level → value) in characters and in tokens.

    `tokens` is empty without a `TokenCounter`; else `counted` of `headlines` were measured, drawn at random,
    `cut` is the share of them that is longer than the encoder's `limit`, and `cut_rows` are their rows.
    """

    headlines: int
    characters: dict[float, int]
    tokens: dict[float, int]
    encoder: str = ""
    limit: int = 0
    counted: int = 0
    cut: float = 0.0
    cut_rows: tuple[int, ...] = ()


def count_outlets(data: Dataset) -> Outlets:
    """Count the rows of each outlet."""
    counts = data.frame["press"].value_counts()
    named = int(counts.sum())
    shown = counts.head(OUTLETS_SHOWN)
    table = pd.DataFrame(
        {
            "outlet": shown.index.astype(str),
            "rows": shown.to_numpy(),
            "share": shown.to_numpy() / max(named, 1),
        }
    )
    return Outlets(table, len(counts) - len(shown), named - int(shown.sum()), len(data) - named)


def measure_lengths(data: Dataset, counter: TokenCounter | None) -> Lengths:
    """Measure the different headlines in characters, and at most 20,000 of them in tokens."""
    texts = data.frame[["row", "headline"]].drop_duplicates("headline")
    characters = _quantiles(texts["headline"].str.len().to_numpy())
    if counter is None:
        return Lengths(len(texts), characters, {})
    sample = texts if len(texts) <= TOKEN_SAMPLE else texts.sample(TOKEN_SAMPLE, random_state=0).sort_index()
    tokens = counter.count(sample["headline"].tolist())
    cut = tokens > counter.limit
    rows = tuple(sample["row"].to_numpy()[cut].tolist())
    return Lengths(
        len(texts),
        characters,
        _quantiles(tokens),
        counter.encoder,
        counter.limit,
        len(sample),
        float(cut.mean()),
        rows,
    )


def of_repeats(data: Dataset, plan: Plan, repeats: Repeats) -> Iterator[Finding]:
    """Find rows and stories that return."""
    if plan.cleaning.repeats == "keep":
        again = data.frame.drop(columns=["row", "row_2", "story"], errors="ignore").duplicated().to_numpy()
        if again.any():
            yield Finding(
                "repeats_kept",
                "warning",
                Message(
                    N_("{count:,} rows repeat another row in everything that was read."),
                    {"count": int(again.sum())},
                ),
                Message(
                    N_(
                        "The same row twice is one observation: these make the scores look surer than they are."
                    )
                ),
                file_rows(data, again),
                cleaned(plan, N_("Leave these rows out"), repeats="drop"),
            )
    if not repeats.complete:
        yield Finding(
            "near_repeats_not_searched",
            "warning",
            Message(
                N_(
                    "With {headlines:,} different headlines (limit {limit:,}), only equal ones were grouped as one "
                    "story. In a sample of {sample:,}, at least {share:.0%} are nearly the same as another."
                ),
                {
                    "headlines": repeats.headlines,
                    "limit": MOST_COMPARED,
                    "sample": repeats.sample,
                    "share": repeats.sample_share,
                },
            ),
            Message(
                N_(
                    "The same story in other words may stand in training and in test: split by time, where it "
                    "matters least."
                )
            ),
        )
    if repeats.repeated:
        yield Finding(
            "repeated_headlines",
            "info",
            Message(
                N_("{count:,} of {rows:,} rows repeat the headline of an earlier row."),
                {"count": repeats.repeated, "rows": repeats.rows},
            ),
            Message(N_("Equal headlines stay on one side of a split, so they do not flatter the scores.")),
            file_rows(data, data.frame["headline"].duplicated().to_numpy()),
        )
    if repeats.retold:
        retold = retold_rows(data)
        yield Finding(
            "near_repeats",
            "info",
            Message(
                N_(
                    "{stories:,} stories are told in several wordings, in {rows:,} rows; {across:,} stories come from "
                    "more than one outlet."
                ),
                {"stories": repeats.retold, "rows": int(retold.sum()), "across": repeats.across},
            ),
            Message(
                N_(
                    "One story is little more than one piece of news, however often it is told; its headlines stay "
                    "on one side of a split."
                )
            ),
            file_rows(data, retold),
        )


def of_outlets(data: Dataset, outlets: Outlets) -> Iterator[Finding]:
    """Find outlets that are missing, that dominate, or that are written in two ways."""
    if data.roles.press is None or outlets.shown.empty:
        return
    if outlets.missing:
        yield Finding(
            "no_outlet",
            "info",
            Message(N_("{count:,} rows name no outlet."), {"count": outlets.missing}),
            Message(N_("They count as one outlet of their own.")),
            file_rows(data, data.frame["press"].isna().to_numpy()),
        )
    first = outlets.shown.iloc[0]
    if len(outlets.shown) > 1 and first["share"] > ONE_OUTLET:
        yield Finding(
            "one_outlet",
            "info",
            Message(
                N_("The outlet {outlet} alone has {share:.0%} of the rows."),
                {"outlet": first["outlet"], "share": float(first["share"])},
            ),
            Message(N_("What is learned is mostly how this outlet writes; others may be predicted worse.")),
        )
    twice = _written_twice(data.frame["press"])
    if twice:
        names = "; ".join(" = ".join(group) for group in twice[:5])
        spelled = data.frame["press"].isin([name for group in twice for name in group]).to_numpy()
        yield Finding(
            "outlet_spellings",
            "warning",
            Message(
                N_("{count:,} outlets are written in more than one way: {names}."),
                {"count": len(twice), "names": names + (" …" if len(twice) > 5 else "")},
            ),
            Message(
                N_(
                    "Each way of writing counts as an outlet of its own, so what is learned of it is split. Write "
                    "them alike in the file."
                )
            ),
            file_rows(data, spelled),
        )


def of_lengths(data: Dataset, lengths: Lengths) -> Iterator[Finding]:
    """Find headlines that are hardly headlines, and those that the encoder does not read to the end."""
    size = data.frame["headline"].str.len().to_numpy()
    if (size > LONG).any():
        yield Finding(
            "long_headlines",
            "warning",
            Message(
                N_("{count:,} headlines are longer than {limit} characters; the longest has {longest:,}."),
                {"count": int((size > LONG).sum()), "limit": LONG, "longest": int(size.max())},
            ),
            Message(N_("These look like the text of an article; an encoder reads their beginning only.")),
            file_rows(data, size > LONG),
        )
    if (size < SHORT).any():
        yield Finding(
            "short_headlines",
            "info",
            Message(
                N_("{count:,} headlines are shorter than {limit} characters."),
                {"count": int((size < SHORT).sum()), "limit": SHORT},
            ),
            Message(N_("So little text says hardly anything; look whether the right column was chosen.")),
            file_rows(data, size < SHORT),
        )
    if lengths.cut_rows:
        yield Finding(
            "cut_headlines",
            "warning",
            Message(
                N_(
                    "{share:.1%} of {counted:,} headlines looked at are longer than the {limit} tokens that {encoder} "
                    "reads."
                ),
                {
                    "share": lengths.cut,
                    "counted": lengths.counted,
                    "limit": lengths.limit,
                    "encoder": lengths.encoder,
                },
            ),
            Message(N_("The end of these headlines is not seen by the models.")),
            lengths.cut_rows,
        )


def _quantiles(values: np.ndarray) -> dict[float, int]:
    if not len(values):
        return {}
    found = np.quantile(values, QUANTILES, method="inverted_cdf")
    return {level: int(value) for level, value in zip(QUANTILES, found, strict=True)}


def _written_twice(press: pd.Series) -> list[list[str]]:
    """Return the groups of outlets that differ in spaces, signs and letter case only."""
    names = press.value_counts().index.astype(str)
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(re.sub(r"[\W_]+", "", name).lower() or name, []).append(name)
    return [group for group in groups.values() if len(group) > 1]
