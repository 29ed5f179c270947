"""How well an encoder's cosines follow people's judgement: semantic textual similarity (STS).

Cer et al. 2017, "SemEval-2017 Task 1: Semantic Textual Similarity", doi:10.18653/v1/S17-2001; in Korean KorSTS
(Ham et al. 2020, doi:10.18653/v1/2020.findings-emnlp.39) and KLUE-STS (Park et al. 2021, arXiv:2105.09680).
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.formats.encoding import find_encoding
from core.data.formats.recognise import binary_format
from core.data.parse.columns import numbers, texts
from core.data.reading import ReadOptions, read_table
from core.embed.pipeline import embed
from core.embed.pooling import MEAN
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.settings import settings

COLUMNS = ("sentence1", "sentence2", "score")
FEWEST = 3  # pairs; through two points every correlation is 1 or -1
_LINE_END = re.compile("\r\n|\n|\r")
_Z = 1.959963984540054  # standard normal quantile of 97.5%


@dataclass(frozen=True)
class StsResult:
    """How the cosines of `pairs` sentence pairs correlate with people's scores.

    `pearson` and `spearman` have 95% intervals. `skipped` rows were left out: `unreadable` of them because the
    score is no number, the others because a sentence or the score is missing. `seconds` are those of embedding.
    """

    pairs: int
    pearson: float
    spearman: float
    pearson_interval: tuple[float, float]
    spearman_interval: tuple[float, float]
    skipped: int
    unreadable: int
    encoder: str
    pooling: str
    seconds: float


def read_pairs(data: bytes, options: ReadOptions | None = None) -> pd.DataFrame:
    """Read a table of sentence pairs from any format that `read_table` reads.

    Where every line of a tab-separated text has as many tabs as its header, a quotation mark is a character like
    any other, as in KorSTS, whose sentences begin with one that is never closed.

    Raises `UserError` as `read_table` does.
    """
    if options is None and (frame := _bare_tabs(data)) is not None:
        return frame
    return read_table(data, options or ReadOptions()).frame


def sts(pairs: pd.DataFrame, encoder_name: str, pooling: str = MEAN, report: Report = silent) -> StsResult:
    """Compare the cosine of each pair's vectors with its score.

    `pairs` has the columns sentence1, sentence2 and score, their names in any case; sentences and scores may be
    missing or unreadable, which leaves the row out.

    Raises `UserError` for missing columns, fewer than three pairs, scores that are all equal, and as `embed` does.
    """
    one, other, scores, unreadable = _columns(pairs)
    usable = (one != "") & (other != "") & np.isfinite(scores)
    scores = scores[usable]
    _check(scores, len(pairs))
    start = time.perf_counter()
    both = embed([*one[usable], *other[usable]], encoder_name, pooling, report)
    seconds = time.perf_counter() - start
    cosines = _cosines(*np.split(both.vectors, 2))
    pearson, spearman = _correlations(cosines, scores)
    return StsResult(
        pairs=len(scores),
        pearson=pearson,
        spearman=spearman,
        pearson_interval=_interval(pearson, 1 / max(len(scores) - 3, 1e-9)),
        spearman_interval=_interval(spearman, (1 + spearman**2 / 2) / max(len(scores) - 3, 1e-9)),
        skipped=len(pairs) - len(scores),
        unreadable=unreadable,
        encoder=both.encoder,
        pooling=both.pooling,
        seconds=seconds,
    )


def _bare_tabs(data: bytes) -> pd.DataFrame | None:
    """Read a tab-separated text whose quotation marks enclose nothing; None where it is something else."""
    if len(data) > settings().max_upload_bytes or binary_format(data):
        return None
    text = data.decode(find_encoding(data)).removeprefix("\ufeff")
    header, *rows = [line.split("\t") for line in _LINE_END.split(text) if line.strip()] or [[]]
    if len(header) < len(COLUMNS) or not rows or any(len(row) != len(header) for row in rows):
        return None
    return pd.DataFrame(rows, columns=header, dtype="str")


def _columns(pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return both sentences, "" where missing, the scores, NaN where missing, and how many cannot be read."""
    place = {str(name).strip().casefold(): i for i, name in reversed(list(enumerate(pairs.columns)))}
    missing = [name for name in COLUMNS if name not in place]
    if missing:
        raise UserError(
            N_(
                "The table of sentence pairs has no column {missing}. It needs sentence1, sentence2 and score; it has: "
                "{columns}."
            ),
            missing=", ".join(missing),
            columns=", ".join(map(str, pairs.columns[:20])),
        )
    one, other, cells = (pairs.iloc[:, place[name]].astype("str") for name in COLUMNS)
    scores, unreadable = numbers(cells)
    return texts(one), texts(other), scores, int(unreadable.sum())


def _check(scores: np.ndarray, rows: int) -> None:
    if len(scores) < FEWEST:
        raise UserError(
            N_(
                "Only {pairs} of {rows:,} rows hold two sentences and a score that is a number; a correlation needs at "
                "least {fewest}."
            ),
            pairs=len(scores),
            rows=rows,
            fewest=FEWEST,
        )
    if np.ptp(scores) == 0:
        raise UserError(
            N_("Every pair has the score {score:g}. Scores that are all equal cannot be compared."),
            score=float(scores[0]),
        )


def _cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    def products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        sums: np.ndarray = np.einsum("nd,nd->n", left, right, dtype=np.float64)
        return sums

    lengths = np.sqrt(np.maximum(products(one, one) * products(other, other), 1e-24))
    cosines: np.ndarray = products(one, other) / lengths
    return cosines


def _correlations(cosines: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Return Pearson's r and Spearman's ρ.

    r is the covariance over the product of the standard deviations (Pearson 1895, doi:10.1098/rspl.1895.0041);
    ρ is r of the ranks, ties sharing their average rank (Spearman 1904, doi:10.2307/1412159).
    """
    from scipy.stats import pearsonr, spearmanr

    if not np.isfinite(cosines).all() or np.ptp(cosines) < 1e-7:
        raise UserError(
            N_(
                "The encoder gives every pair the same cosine, so there is no correlation. Choose another pooling or "
                "another encoder."
            )
        )
    return float(pearsonr(cosines, scores).statistic), float(spearmanr(cosines, scores).statistic)


def _interval(correlation: float, variance: float) -> tuple[float, float]:
    """Return the 95% interval by Fisher's z (1921), with Bonett and Wright's variance for ρ.

    Bonett & Wright 2000, doi:10.1007/BF02294183.
    """
    z = math.atanh(min(max(correlation, -1 + 1e-15), 1 - 1e-15))
    half = _Z * math.sqrt(variance)
    return math.tanh(z - half), math.tanh(z + half)
