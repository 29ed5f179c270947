"""Equal keys of two columns of text: ids, codes and names as two files write them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import Message
from core.locale import N_

_INVISIBLE = "[\u200b\u200c\u200d\u2060\ufeff]"


@dataclass(frozen=True, eq=False)
class SharedKeys:
    """Two columns as numbers, equal where their keys are: `first` and `second`, `(rows,)` int64, -1 where empty.

    `names` has the text of each number; `notes` says what was left out of the keys so that they match.
    """

    first: np.ndarray
    second: np.ndarray
    names: np.ndarray
    notes: tuple[Message, ...] = ()


def clean_keys(cells: pd.Series) -> pd.Series:
    """Return the cells as keys: in NFC, without invisible characters and outer blanks, their case kept."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_normalize(pa.array(cells.fillna(""), pa.large_string()), "NFC")
    text = pc.utf8_trim_whitespace(pc.replace_substring_regex(text, _INVISIBLE, ""))
    return pd.Series(text.to_pandas(), dtype="str")


def shared_keys(first: pd.Series, second: pd.Series) -> SharedKeys:
    """Number the keys of two columns alike.

    Keys are equal as `clean_keys` leaves them. Where more keys of the two columns meet once leading zeros, the
    A before a six-digit stock code and a final .0 are left out (005930, A005930, 5930 and 5930.0 are one
    stock), they are left out, if no two different keys of one column become the same by it; else that is only
    noted.
    """
    cells = pd.concat([clean_keys(first), clean_keys(second)], ignore_index=True)
    codes, names = pd.factorize(cells)
    codes = np.where(cells.to_numpy() == "", -1, codes).astype(np.int64)
    exact = SharedKeys(codes[: len(first)], codes[len(first) :], np.asarray(names, object))
    bare_codes, bare_names = pd.factorize(_bare(pd.Series(names)))
    if len(bare_names) == len(names):
        return exact
    return _without_prefixes(exact, bare_codes.astype(np.int64))


def _bare(names: pd.Series) -> pd.Series:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pa.array(names, pa.large_string())
    for pattern in (r"^A(\d{6})$", r"^(\d+)\.0$", r"^0+(\d+)$"):
        text = pc.replace_substring_regex(text, pattern, r"\1")
    return pd.Series(text.to_pandas(), dtype="str")


def _without_prefixes(exact: SharedKeys, bare: np.ndarray) -> SharedKeys:
    one, two = (np.unique(side[side >= 0]) for side in (exact.first, exact.second))
    bare_one, bare_two = np.unique(bare[one]), np.unique(bare[two])
    gained = len(np.intersect1d(bare_one, bare_two)) - len(np.intersect1d(one, two))
    if gained <= 0:
        return exact
    differing = _differing(one, two, bare)
    example = {"first": str(exact.names[differing[0]]), "second": str(exact.names[differing[1]])}
    if len(bare_one) < len(one) or len(bare_two) < len(two):
        template = N_(
            "Some keys of the two files differ only in leading zeros (for example {first} and {second}), but "
            "without them different keys would become the same. Write the keys alike in both files."
        )
        return SharedKeys(exact.first, exact.second, exact.names, (Message(template, example),))
    template = N_(
        "{keys:,} keys that the files write differently were matched without leading zeros, the A before a code "
        "or a final .0 (for example {first} and {second})."
    )
    first, second = (np.where(side >= 0, bare[side], -1) for side in (exact.first, exact.second))
    names = np.empty(bare.max() + 1, object)
    names[bare[::-1]] = exact.names[::-1]
    return SharedKeys(first, second, names, (Message(template, {"keys": gained, **example}),))


def _differing(one: np.ndarray, two: np.ndarray, bare: np.ndarray) -> tuple[int, int]:
    """Return one key of each column that are written differently and are the same once bare."""
    partner = pd.Series(two, index=bare[two])
    partner = partner[~partner.index.duplicated()].reindex(bare[one])
    position = int(np.argmax(partner.notna().to_numpy() & (partner.to_numpy() != one)))
    return int(one[position]), int(partner.iloc[position])
