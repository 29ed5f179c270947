"""Which words move the predictions of many headlines: each headline's words attributed once, and kept with the run."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from core.arrays import read_arrays, write_arrays
from core.data.dataset import Dataset
from core.data.parse.characters import compose
from core.errors import UserError
from core.evaluate.ledger import sealed_positions
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions, explained_class
from core.explain.pipeline import evenly
from core.explain.segments import Word, words_of
from core.explain.words import explain_words
from core.jobs import Report, silent
from core.locale import N_
from core.train.features.inputs import Inputs
from core.train.features.morphemes import Token, tokens
from core.train.features.registry import headline_groups
from core.train.run import Run
from core.train.runs import run_folder

log = logging.getLogger(__name__)

LIMIT = 150
COALITIONS = (
    64  # of a headline's words: what is drawn differs from headline to headline, and means even it out
)
_ENDINGS = (
    "J",
    "E",
    "VC",
    "VX",
    "XSV",
    "XSA",
    "XSM",
)  # Kiwi's tags of particles, endings and what makes verbs
_STEMS = ("VV", "VA")
_BRACKETED = re.compile(r"\[[^\[\]]*\]|【[^【】]*】")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words of sampled headlines with what each added to its prediction, and where they stand among all test rows.

    `names (w,)` are the normalised words. Of each of `m` occurrences in the sample: `word (m,)` its number in `names`,
    `row (m,)` the position of its row in the dataset's frame, `value (m,)` the ensemble's contribution (of a probability
    of the chosen class, or of a return). `sample (s,)` are the positions of the attributed rows, `tested (t,)` those of all open test rows;
    `test_word, test_row (k,)` say which of these words stands in which of those rows, once each.
    """

    names: np.ndarray
    word: np.ndarray
    row: np.ndarray
    value: np.ndarray
    sample: np.ndarray
    tested: np.ndarray
    test_word: np.ndarray
    test_row: np.ndarray


def word_sample(run: Run, dataset: Dataset, found: Contributions, limit: int = LIMIT) -> np.ndarray:
    """Return the places in `found` of the rows to read, at most `limit`, in order of time.

    One row of each story (the same or nearly the same headline), evenly spread over time; no sealed row.
    """
    usable = np.flatnonzero(np.isin(found.rows, _tested(run, dataset)))
    frame = dataset.frame.iloc[found.rows[usable]].assign(place=usable)
    frame = frame.sort_values(["session", "time", "place"], kind="stable").drop_duplicates("story")
    places: np.ndarray = frame["place"].to_numpy()
    return evenly(places, limit)


def reads_headlines(found: Contributions) -> bool:
    """Say whether the run's models read anything of the headline, so that its words can move something."""
    return bool(headline_groups() & set(found.groups))


def collect_words(
    run: Run,
    dataset: Dataset,
    found: Contributions,
    chosen: int = -1,
    limit: int = LIMIT,
    report: Report = silent,
) -> Vocabulary:
    """Attribute the sampled headlines of `found`, which is about the class of number `chosen`, to their words.

    What is computed for a saved run is saved in its folder; a damaged file is computed again, and one that cannot be
    saved is returned all the same. Raises `UserError` where the run's encoder is not on this machine any more.
    """
    number = explained_class(run, chosen)
    saved = saved_words(run, dataset, found, number, limit)
    if saved is not None:
        return saved
    places = word_sample(run, dataset, found, limit)
    inputs = Inputs.of(dataset, None, run.settings.use_press)
    outlets = {normal(name) for name in dataset.frame["press"].dropna().unique()}
    names: dict[str, int] = {}
    occurrences: list[tuple[float, ...]] = []
    for done, place in enumerate(places):
        report(
            done / len(places),
            N_("Reading the words of headlines: {done:,} of {total:,}"),
            done=done,
            total=len(places),
        )
        position = int(found.rows[place])
        headline = dataset.headlines[position]
        row = inputs.take(np.array([position]))
        said = explain_words(run, headline, row, found, int(place), number, position, COALITIONS)
        for name, value in zip(word_names(headline), said.values[MEAN], strict=True):
            if name and name not in outlets:
                code = names.setdefault(name, len(names))
                occurrences.append((code, position, value))
    number_of, of_row, values = np.array(occurrences, float).reshape(-1, 3).T
    tested = _tested(run, dataset)
    test_word, test_row = _standing(dataset, tested, names, report)
    made = Vocabulary(
        names=np.array(list(names), str),
        word=number_of.astype(int),
        row=of_row.astype(int),
        value=values,
        sample=found.rows[places],
        tested=tested,
        test_word=test_word,
        test_row=test_row,
    )
    _save(run, number, limit, made)
    return made


def saved_words(
    run: Run, dataset: Dataset, found: Contributions, chosen: int = -1, limit: int = LIMIT
) -> Vocabulary | None:
    """Return what `collect_words` saved of these rows; None where there is nothing, or it is of other rows."""
    path = _path(run, explained_class(run, chosen), limit)
    arrays = read_arrays(path) if path else None
    if arrays is None or arrays.keys() != {field.name for field in fields(Vocabulary)}:
        return None
    sample = found.rows[word_sample(run, dataset, found, limit)]
    current = np.array_equal(arrays["sample"], sample)
    if not current or not np.array_equal(arrays["tested"], _tested(run, dataset)):
        return None
    return Vocabulary(**arrays)


def normal(text: str) -> str:
    """Return a word as words are compared: composed (NFC), in lower case."""
    return compose(text, "NFC").strip().lower()


def word_names(headline: str) -> list[str]:
    """Return each word of `words_of(headline)` without particles and endings: 삼성전자가 is 삼성전자, 올랐다 is 오르다.

    "" stands for what is not ranked: numbers, bracketed tags such as [특징주], and neighbours that were taken together.
    """
    read = tokens(headline)
    tags = [match.span() for match in _BRACKETED.finditer(headline)]
    return [_name(headline, word, read, tags) for word in words_of(headline)]


def _name(headline: str, word: Word, read: list[Token], tags: list[tuple[int, int]]) -> str:
    inside = [token for token in read if word.start <= token.start and token.end <= word.end]
    while len(inside) > 1 and inside[-1].tag.startswith(_ENDINGS):
        inside.pop()
    tagged = any(start <= word.start < end for start, end in tags)
    if tagged or not inside or any(letter.isspace() for letter in word.text):
        return ""
    last = inside[-1]
    if last.tag.startswith(_STEMS):
        name = f"{headline[word.start : last.start]}{last.form}다"
    else:
        name = headline[word.start : last.end]
    return normal(name) if any(letter.isalpha() for letter in name) else ""


def _standing(
    dataset: Dataset, tested: np.ndarray, names: dict[str, int], report: Report
) -> tuple[np.ndarray, np.ndarray]:
    """Return which word stands in which tested row, `(k,)` each."""
    read: dict[str, list[int]] = {}
    pairs: list[tuple[int, int]] = []
    for done, position in enumerate(tested):
        headline = dataset.headlines[position]
        if headline not in read:
            if done % 100 == 0:
                report(1.0, N_("Looking for the words in {rows:,} test rows"), rows=len(tested))
            read[headline] = sorted({names[name] for name in word_names(headline) if name in names})
        pairs += [(code, int(position)) for code in read[headline]]
    word, row = np.array(pairs, int).reshape(-1, 2).T
    return word, row


def _tested(run: Run, dataset: Dataset) -> np.ndarray:
    """Return the positions of the test rows that are not sealed, by this run or another."""
    positions = run.predictions.test.positions(dataset)
    result: np.ndarray = positions[~np.isin(positions, sealed_positions(dataset))]
    return result


def _path(run: Run, number: int, limit: int) -> Path | None:
    try:
        return run_folder(run.id) / f"words-{number}-{limit}.npz"
    except UserError:
        return None


def _save(run: Run, number: int, limit: int, made: Vocabulary) -> None:
    path = _path(run, number, limit)
    if path is None:
        return
    try:
        write_arrays(path, {field.name: getattr(made, field.name) for field in fields(made)})
    except (OSError, UserError):
        log.exception("the words %s could not be saved and will be read anew", path)
