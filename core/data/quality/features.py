"""Continuous features: constant, missing, or the outcome in disguise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.plan import Plan
from core.data.quality.finding import Action, Finding, file_rows
from core.data.target.leaks import Disguise, disguised
from core.errors import Message
from core.locale import N_

MOSTLY_MISSING = 0.5


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


def of_features(data: Dataset, plan: Plan, columns: pd.DataFrame) -> Iterator[Finding]:
    """Find features that know the outcome, that say nothing, or that are mostly missing."""
    for disguise in disguised(data, plan):
        yield _known_too_early(disguise, plan)
    for feature in columns[columns["kind"] == "feature"].itertuples():
        action = Action(N_("Leave this feature out"), plan.without_feature(feature.column))
        name = {"name": feature.column}
        if feature.share == 1:
            yield Finding(
                "empty_feature",
                "warning",
                Message(N_("The feature {name} is missing in all rows."), name),
                Message(N_("It is not used.")),
                (),
                action,
            )
        elif feature.lowest == feature.highest and not feature.missing:
            yield Finding(
                "constant_feature",
                "warning",
                Message(N_("The feature {name} has the same value in all rows."), name),
                Message(N_("It cannot explain anything and is not used.")),
                (),
                action,
            )
        elif feature.missing:
            mostly = feature.share > MOSTLY_MISSING
            yield Finding(
                "missing_feature",
                "warning" if mostly else "info",
                Message(
                    N_("The feature {name} is missing in {count:,} rows ({share:.0%})."),
                    {**name, "count": feature.missing, "share": feature.share},
                ),
                Message(
                    N_(
                        "The typical value stands in for a missing one, and the models are told that it was missing."
                    )
                ),
                file_rows(data, data.features[feature.column].isna().to_numpy()),
                action if mostly else None,
            )


_TOLD = {
    "target": (
        "serious",
        N_("The feature {name} alone orders the outcomes almost exactly."),
        N_(
            "It is probably the outcome under another name: with it every score would be too good to be true."
        ),
    ),
    "future": (
        "serious",
        N_("The feature {name} equals the outcome of another session that was not over at the headline."),
        N_(
            "It knows the future, so that the scores would be too good to be true: it was probably shifted the wrong way."
        ),
    ),
    "session": (
        "warning",
        N_(
            "The feature {name} equals the outcome of the session before: it seems to hold the return of the headline's "
            "own session."
        ),
        N_(
            "That return is known after the close only. It is right only if the outcome covers the headline's own "
            "session; otherwise it was shifted by one session."
        ),
    ),
    "name": (
        "warning",
        N_("The name of the feature {name} speaks of what comes next."),
        N_(
            "A feature must be known when the headline appears; otherwise the scores would be too good to be true."
        ),
    ),
}


def _known_too_early(disguise: Disguise, plan: Plan) -> Finding:
    level, message, meaning = _TOLD[disguise.kind]
    action = Action(N_("Leave this feature out"), plan.without_feature(disguise.feature))
    return Finding(
        f"disguised_{disguise.kind}",
        level,
        Message(message, {"name": disguise.feature}),
        Message(meaning),
        (),
        action,
    )
