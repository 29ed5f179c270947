"""Ways in which a table could be changed so that its rows pass for others: none of them may open a seal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd


def _worded(change: Callable[[str], str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda frame: frame.assign(headline=frame["headline"].map(change).astype("str"))


def _moved(days: int) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda frame: frame.assign(session=frame["session"] + pd.Timedelta(days=days))


def _with_copies(frame: pd.DataFrame) -> pd.DataFrame:
    """Move every row to another day, and let its headline stand on a third one as well."""
    return pd.concat([_moved(1)(frame), _moved(40)(frame)], ignore_index=True)


DISGUISES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "as it is": lambda frame: frame,
    "full stop": _worded(lambda text: f"{text}."),
    "blanks": _worded(lambda text: "  ".join(text)),
    "no blanks": _worded(lambda text: text.replace(" ", "")),
    "quotes": _worded(lambda text: f"“{text}”".replace('"', "'")),
    "ellipsis": _worded(lambda text: text.replace("…", "...")),
    "tag": _worded(lambda text: f"[단독] {text}"),
    "NFD": _worded(lambda text: unicodedata.normalize("NFD", text)),
    "full width": _worded(lambda text: text.translate({i: i + 0xFEE0 for i in range(0x21, 0x7F)})),
    "invisible": _worded(lambda text: f"\u200b{text}\u3164"),
    "capitals": _worded(str.upper),
    "one letter more": _worded(lambda text: f"{text}A"),
    "one letter less": _worded(lambda text: text[:-1]),
    "a word before": _worded(lambda text: f"속보 {text}"),
    "the outlet after it": _worded(lambda text: f"{text} - 가나경제"),
    "other target": lambda frame: frame.assign(target=frame["target"].to_numpy()[::-1]),
    "other order": lambda frame: frame.iloc[::-1].reset_index(drop=True),
    "a session later": _moved(1),
    "a week earlier": _moved(-7),
    "years later": _moved(3000),
    "without sessions": lambda frame: frame.assign(session=pd.NaT).astype({"session": "datetime64[s]"}),
    "some without sessions": lambda frame: frame.assign(
        session=frame["session"].where(np.arange(len(frame)) % 2 == 0)
    ),
    "a letter more, a session later": lambda frame: _moved(1)(_worded(lambda text: f"{text}A")(frame)),
    "copies on other days": _with_copies,
    "a fifth of it": lambda frame: frame.iloc[::5].reset_index(drop=True),
}
