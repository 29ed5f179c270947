"""What speaks against believing a prediction: warnings about single rows, by what a run and its table know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from core.data.parse.cells import plain_text
from core.embed.checkpoint.loading import load_tokenizer
from core.embed.encoder_card import EncoderCard
from core.embed.pipeline import canonical
from core.errors import Message, UserError
from core.jobs import Report, silent
from core.locale import N_
from core.predict.question import Question, session_at
from core.predict.scoring.known import Known

SEPARATOR = "; "  # between the codes of a row


@dataclass(frozen=True)
class Caution:
    """A warning that some rows have: a code for programs, a word or two for a table, and a sentence.

    Codes: `learned`, `unseen_press`, `missing_press`, `percent:NAME`, `outside_range:NAME`, `missing:NAME` (of the
    feature NAME), `no_precedent`, `in_table`, `repeat`, `cut`.
    """

    code: str
    short: Message
    sentence: Message

    @property
    def kind(self) -> str:
        """The code without the name of a feature."""
        return self.code.partition(":")[0]


@dataclass(frozen=True, eq=False)
class Cautions:
    """The warnings of `n` rows: each with the rows that have it, `(n,)` bool; those that none has are left out."""

    rows: int
    found: tuple[tuple[Caution, np.ndarray], ...] = ()

    @classmethod
    def of(cls, rows: int, found: Iterable[tuple[Caution, np.ndarray]]) -> Cautions:
        """Keep the warnings that any of the rows has."""
        return cls(rows, tuple((caution, which) for caution, which in found if which.any()))

    @property
    def any(self) -> np.ndarray:
        """Which rows have a warning, `(n,)` bool."""
        return np.asarray(
            np.logical_or.reduce([np.zeros(self.rows, bool), *(which for _, which in self.found)])
        )

    def codes(self) -> np.ndarray:
        """Return the codes of each row, `(n,)` of str, joined by `SEPARATOR`; "" where it has none."""
        return self.joined([caution.code for caution, _ in self.found])

    def joined(self, words: Sequence[str], separator: str = SEPARATOR) -> np.ndarray:
        """Return what each row's warnings are called, `(n,)` of str, by a word for each of `found`."""
        text = np.full(self.rows, "", object)
        for word, (_, which) in zip(words, self.found, strict=True):
            text[which] = [f"{before}{separator}{word}" if before else word for before in text[which]]
        return text

    def counts(self) -> dict[str, int]:
        """Return how many rows have each kind of warning."""
        kinds: dict[str, np.ndarray] = {}
        for caution, which in self.found:
            kinds[caution.kind] = kinds.get(caution.kind, np.zeros(self.rows, bool)) | which
        return {kind: int(which.sum()) for kind, which in kinds.items()}

    def at(self, row: int) -> tuple[Caution, ...]:
        """Return the warnings of one row, by its place."""
        return tuple(caution for caution, which in self.found if which[row])


LEARNED = Caution(
    "learned",
    Message(N_("learned from")),
    Message(
        N_(
            "The models learned from this headline, or from one that is nearly the same: its prediction is no test of them."
        )
    ),
)
UNSEEN_PRESS = Caution(
    "unseen_press",
    Message(N_("unseen outlet")),
    Message(N_("The models have never seen this outlet; it counts as “other”.")),
)
MISSING_PRESS = Caution(
    "missing_press",
    Message(N_("no outlet")),
    Message(N_("The outlet is not known: the models take it for a missing one.")),
)
NO_PRECEDENT = Caution(
    "no_precedent",
    Message(N_("no precedent")),
    Message(N_("No earlier headline of the table is near: there is no precedent.")),
)
IN_TABLE = Caution(
    "in_table",
    Message(N_("stands in the table")),
    Message(N_("This headline, or one that is nearly the same, stands in the run's table.")),
)
REPEAT = Caution(
    "repeat",
    Message(N_("repeat")),
    Message(N_("This headline, or one that is nearly the same, stands in an earlier row of the file.")),
)
CUT = Caution(
    "cut",
    Message(N_("cut")),
    Message(N_("The headline is longer than the encoder reads: its end is not read.")),
)


def row_cautions(
    known: Known,
    headlines: Sequence[str],
    features: Mapping[str, ArrayLike],
    press: pd.Series | None = None,
    sessions: np.ndarray | None = None,
    vectors: np.ndarray | None = None,
    stories: np.ndarray | None = None,
    report: Report = silent,
) -> Cautions:
    """Return the warnings of `n` rows, the gravest first.

    Headlines are cleaned ones `(n,)`; features `(n,)` by name that are absent are not warned of, nor is a missing
    outlet where there is no `press (n,)` at all. `sessions (n,)` are NaT where unknown; without `vectors (n,
    dim)` nobody looks for precedents, and without the numbers of the rows' `stories (n,)` not for repeats.
    """
    rows = len(headlines)
    found = [*_of_outlets(known, press), *_of_features(known, features)]
    in_table, learned = _in_table(known, headlines)
    if vectors is not None and known.past is not None:
        if sessions is None:
            sessions = np.full(rows, np.datetime64("NaT", "s"))
        found.append((NO_PRECEDENT, ~known.past.has_precedent(headlines, sessions, vectors, report)))
    found = [(LEARNED, learned), *found, (IN_TABLE, in_table & ~learned)]
    if stories is not None:
        found.append((REPEAT, pd.Series(stories).duplicated().to_numpy()))
    if known.card is not None:
        found.append((CUT, _cut(known.card, headlines)))
    return Cautions.of(rows, found)


def cautions_of(known: Known, question: Question, vector: np.ndarray | None = None) -> tuple[Message, ...]:
    """Return the warnings of one question as sentences with their codes, the gravest first; `vector` is `(1, dim)`.

    It takes a few milliseconds. A feature that is not given counts as missing.
    """
    return cautions_of_each(known, [question], vector)[0]


def cautions_of_each(
    known: Known, questions: Sequence[Question], vectors: np.ndarray | None = None
) -> list[tuple[Message, ...]]:
    """Return the warnings of each of `n` questions as `cautions_of` does; `vectors` are `(n, dim)`."""
    headlines = [canonical(plain_text(question.headline)) for question in questions]
    features = {
        name: np.array([question.features.get(name, np.nan) for question in questions])
        for name in known.run.preparation.features
    }
    press = pd.Series([question.press for question in questions], dtype="str")
    session = {time: _session(known, time) for time in {question.time for question in questions}}
    sessions = np.concatenate([session[question.time] for question in questions])
    found = row_cautions(known, headlines, features, press, sessions, vectors)
    return [
        tuple(replace(caution.sentence, code=caution.code) for caution in found.at(row))
        for row in range(len(questions))
    ]


def _of_outlets(known: Known, press: pd.Series | None) -> list[tuple[Caution, np.ndarray]]:
    if press is None or not known.run.preparation.outlets:
        return []
    return [
        (UNSEEN_PRESS, known.run.preparation.unseen(press)),
        (MISSING_PRESS, press.isna().to_numpy(bool)),
    ]


def _of_features(known: Known, features: Mapping[str, ArrayLike]) -> list[tuple[Caution, np.ndarray]]:
    found = []
    for name in known.run.preparation.features:
        if name not in features:
            continue
        values = np.asarray(features[name], float)
        params: Mapping[str, object] = {"column": name}
        if name in known.ranges:
            ends = known.ranges[name]
            params = {"column": name, "low": ends.low + 0.0, "high": ends.high + 0.0}
            percent = ends.in_percent(values)
            found.append((_percent(name, params), percent))
            found.append((_outside(name, params), ends.outside(values) & ~percent))
        found.append((_missing(name, {"column": name}), ~np.isfinite(values)))
    return found


def _percent(name: str, params: Mapping[str, object]) -> Caution:
    sentence = N_(
        "{column} looks like a percent, while the training rows have fractions from {low:.3g} to {high:.3g}."
    )
    return Caution(f"percent:{name}", Message(N_("{column} in percent?"), params), Message(sentence, params))


def _outside(name: str, params: Mapping[str, object]) -> Caution:
    sentence = N_("{column} lies outside what training saw: {low:.3g} to {high:.3g}.")
    return Caution(
        f"outside_range:{name}", Message(N_("{column} out of range"), params), Message(sentence, params)
    )


def _missing(name: str, params: Mapping[str, object]) -> Caution:
    sentence = N_("{column} is missing: its median of the training rows stands in for it.")
    return Caution(f"missing:{name}", Message(N_("no {column}"), params), Message(sentence, params))


def _in_table(known: Known, headlines: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Say which headlines stand in the table, in nearly the same words, and which in its training rows, `(n,)` bool."""
    number, distinct = pd.factorize(np.asarray(headlines, object))
    place, wording = known.wordings.alike(distinct)
    in_table, learned = np.zeros(len(distinct), bool), np.zeros(len(distinct), bool)
    in_table[place] = True
    learned[place[known.learned[wording]]] = True
    return in_table[number], learned[number]


def _cut(card: EncoderCard, headlines: Sequence[str]) -> np.ndarray:
    """Say which headlines have more tokens than the encoder reads, `(n,)` bool; a token has a byte at least."""
    number, distinct = pd.factorize(np.asarray(headlines, object))
    cut = np.zeros(len(distinct), bool)
    room = card.max_length - len(card.prefix.encode()) - 2
    long = [place for place, text in enumerate(distinct) if len(text) > room or len(text.encode()) > room]
    if long:
        try:
            encodings = load_tokenizer(card).encode_batch([card.prefix + distinct[place] for place in long])
        except UserError:
            return np.zeros(len(headlines), bool)
        cut[long] = [bool(encoding.overflowing) for encoding in encodings]
    return np.asarray(cut[number])


def _session(known: Known, time: datetime | None) -> np.ndarray:
    """Return the session of a time by the exchange of the run's table, `(1,)`; NaT where there is no time."""
    found = None if time is None else session_at(time, known.exchange)
    return np.array([found], "datetime64[s]")
