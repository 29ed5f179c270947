"""What each role and feature of a table holds: missing cells and the range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import Dataset


def describe_columns(data: Dataset) -> pd.DataFrame:
    """Return one row per role and feature: `column, kind, missing, share, lowest, median, highest`.

    `kind` is "press", "date", "company", "target" or "feature"; the last three are NaN for what is no number.
    """
    roles = {"press": data.roles.press, "date": data.roles.date, "company": data.roles.group}
    parts = [
        (name, kind, data.frame["time" if kind == "date" else kind]) for kind, name in roles.items() if name
    ]
    if data.target_kind:
        parts.append((data.roles.target or "", "target", data.frame["target"]))
    parts += [(name, "feature", data.features[name]) for name in data.roles.numeric]
    return pd.DataFrame(
        [
            {
                "column": name,
                "kind": kind,
                "missing": int(values.isna().sum()),
                "share": float(values.isna().mean()),
                **_range(values),
            }
            for name, kind, values in parts
        ],
        columns=["column", "kind", "missing", "share", "lowest", "median", "highest"],
    )


def _range(values: pd.Series) -> dict[str, float]:
    number = values.dtype.kind == "f" and values.notna().any()
    low, middle, high = (values.min(), values.median(), values.max()) if number else (np.nan,) * 3
    return {"lowest": low, "median": middle, "highest": high}
