"""Hashes that nearly equal texts have in common, so that they are found again without their words.

Min-wise hashing (Broder, "On the resemblance and containment of documents", 1997) in bands (Leskovec, Rajaraman &
Ullman, "Mining of Massive Datasets", 2020, section 3.4): where two texts share the part J of all their trigrams, one
band of `HASHES` smallest hashes is equal with probability J^HASHES, and any of `BANDS` with 1 - (1 - J^HASHES)^BANDS:
.99 for J = .9 (one letter more), .5 for .74, .03 for .5, 1 in 2,000 for .3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BANDS, HASHES = 8, 8
_ODD = np.uint64(0x9E3779B97F4A7C15)


def bands(texts: Sequence[str]) -> np.ndarray:
    """Return the bands of each text's trigrams of characters, `(n, BANDS)` uint32, never 0; 0 for an empty text."""
    made = np.zeros((len(texts), BANDS), np.uint32)
    lengths = np.array([len(text) for text in texts], np.int64)
    if not lengths.any():
        return made
    grams = _mixed(_trigrams(texts, lengths))
    some = np.flatnonzero(lengths)
    starts = (np.cumsum(lengths) - lengths)[some]
    multipliers = np.random.default_rng(0).integers(1 << 62, size=(BANDS, HASHES), dtype=np.uint64) * 2 + 1
    for place, row in enumerate(multipliers):
        band = np.zeros(len(some), np.uint64)
        for multiplier in row:
            band = _mixed(band ^ np.minimum.reduceat(grams * multiplier, starts))
        made[some, place] = np.maximum(band >> np.uint64(32), 1)
    return made


def recurring(made: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Say which bands `(n, BANDS)` stand on several of the days `(n,)`, `(n, BANDS)` bool."""
    day = np.unique(days, return_inverse=True)[1].astype(np.uint64)
    found = np.zeros(made.shape, bool)
    for place in range(made.shape[1]):
        pairs = np.unique((made[:, place].astype(np.uint64) << np.uint64(32)) | day)
        values, count = np.unique(pairs >> np.uint64(32), return_counts=True)
        found[:, place] = np.isin(made[:, place], values[count > 1])
    return found


def _trigrams(texts: Sequence[str], lengths: np.ndarray) -> np.ndarray:
    """Return every trigram of the texts, a blank before and after each, as one number: as many as characters."""
    joined = "".join(f" {text} " for text in texts)
    code = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    three = code[:-2] | (code[1:-1] << np.uint64(21)) | (code[2:] << np.uint64(42))
    inside = np.ones(len(three), bool)
    ends = np.cumsum(lengths + 2)[:-1]
    inside[np.r_[ends - 2, ends - 1]] = False
    return np.asarray(three[inside])


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Spread 64-bit numbers evenly: the finaliser of SplitMix64 (Steele, Lea & Flood, 2014)."""
    numbers = numbers + _ODD
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)))
