"""Rows that say different things about the same headline: found, listed, and resolved by a stated choice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import Dataset

SAME_RETURN = 1e-9  # returns closer than this are one


def contradictions(data: Dataset) -> pd.DataFrame:
    """Return the contradictory rows, one group after the other in the order of the file.

    Rows contradict each other where their headline (exact text), company and - where the table has sessions -
    session agree but their labels differ, or their returns differ by more than 1e-9. The columns are `group`
    (0, 1, …), `row` (the number in the file), `headline`, `company`, `session` and `target`.
    """
    group = contradictory_groups(data.frame)
    inside = np.flatnonzero(group >= 0)
    inside = inside[np.argsort(group[inside], kind="stable")]
    table = data.frame[["row", "headline", "company", "session", "target"]].iloc[inside]
    return table.reset_index(drop=True).assign(group=group[inside])[["group", *table.columns]]


def resolve(frame: pd.DataFrame, choice: str) -> np.ndarray:
    """Return which rows of a typed frame to keep, `(rows,)` bool.

    For "first" the rows that contradict the first row of their group go; for "drop" the whole group goes.
    """
    if choice not in ("first", "drop"):
        raise ValueError(f"contradictions are resolved by first or drop, not {choice!r}")
    group = contradictory_groups(frame)
    inside = np.flatnonzero(group >= 0)
    keep = group < 0
    if choice == "first" and len(inside):
        target = _comparable(frame["target"].iloc[inside])
        first = pd.Series(target).groupby(group[inside]).transform("first").to_numpy()
        keep[inside] = np.abs(target - first) <= SAME_RETURN
    return keep


def contradictory_groups(frame: pd.DataFrame) -> np.ndarray:
    """Number the groups of contradictory rows of a typed frame from 0, `(rows,)` int64; -1 for all others."""
    group = np.full(len(frame), -1, np.int64)
    rows = _may_contradict(frame)
    if not len(rows):
        return group
    part = frame.iloc[rows]
    keys = ["headline", "company"] + (["session"] if frame["session"].notna().any() else [])
    alike = part.groupby(keys, sort=False, dropna=False).ngroup().to_numpy()
    spread = pd.Series(_comparable(part["target"])).groupby(alike).agg(["min", "max"])
    differs = (spread["max"] - spread["min"] > SAME_RETURN).to_numpy()[alike]
    group[rows[differs]] = pd.factorize(alike[differs])[0]
    return group


def _may_contradict(frame: pd.DataFrame) -> np.ndarray:
    """Return the positions of rows that share their headline and have an outcome (and a session, if any has)."""
    known = frame["target"].notna()
    if frame["session"].notna().any():
        known &= frame["session"].notna()
    positions = np.flatnonzero(known.to_numpy())
    return np.asarray(positions[frame["headline"].iloc[positions].duplicated(keep=False).to_numpy()])


def _comparable(target: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(target):
        return np.asarray(target.to_numpy(float))
    return np.asarray(pd.factorize(target)[0].astype(float))
