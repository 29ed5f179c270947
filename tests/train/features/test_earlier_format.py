import numpy as np

from core.train.features.block import FeatureOptions
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from tests.makers.feature_tables import HEADLINES, outlets, series, table, times, vectors_of

FIRST = {  # as the first version saved three rows
    "dim": np.array(2),
    "features": np.array(["x"]),
    "medians": np.array([2.5]),
    "flagged": np.array([True]),
    "dropped": np.array(["same"]),
    "outlets": np.array(["가", "나"]),
}
EXTRAS = ("length", "morphemes", "clock")
MOVED = {
    "headline.dim": "dim",
    "features.names": "features",
    "press.outlets": "outlets",
    "press.own_columns": "own_columns",
    "features.dropped": "dropped",
}


def test_what_the_first_version_saved_is_read():
    rows = Inputs(vectors_of(3, 2), table(x=[1, np.nan, 4], same=[3, 3, 3]), outlets("가", "나", None))
    again, now = Preparation.from_arrays(FIRST), Preparation.fit(rows)
    assert again.columns == now.columns
    assert again.dropped == now.dropped
    assert np.array_equal(again.matrix(rows), now.matrix(rows))


def earlier(arrays):
    """Return the arrays of a preparation under the names by which the version before saved them."""
    names = {name: MOVED.get(name, name) for name in arrays if name != "extras.dropped"}
    for old, new in (("headline.components", "components"), ("extras.morphemes", "text"), ("extras", "text")):
        names = {name: was.replace(f"{old}.", f"{new}.") for name, was in names.items()}
    return {was.removeprefix("features."): arrays[name] for name, was in names.items()}


def test_extras_and_components_of_the_version_before_are_read():
    rows = Inputs(
        vectors_of(6, 4),
        table(x=range(6)),
        outlets(*"가나가나가나"),
        series(*HEADLINES),
        times(*["2024-01-05 09:30", "2024-01-06 10:00"] * 3),
    )
    prepared = Preparation.fit(rows, FeatureOptions(components=2, winsor=0.1, extras=EXTRAS))
    saved = earlier(prepared.to_arrays())
    assert {"dim", "low", "components.axes", "text.terms", "text.names"} <= set(saved)
    again = Preparation.from_arrays(saved)
    assert again.columns == prepared.columns
    assert np.array_equal(again.matrix(rows), prepared.matrix(rows))
