"""The table side of the explain page: beeswarm, one feature closely, and what each group is worth."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import load_dataset
from core.explain import explain_run, outlet_effects
from core.train.runs import load_run
from core.ui.explain.beeswarm import spread
from tests.makers.apps import texts


def _page(run, dataset, chosen=-1, only="", sealed=False, lacking=False):
    from dataclasses import replace

    import numpy as np

    from core.data.library import load_dataset
    from core.explain import explain_run
    from core.explain.contributions import Contributions
    from core.train.runs import load_run
    from core.ui.explain.numbers import numbers

    run, data = load_run(run), load_dataset(dataset)
    vectors = _vectors(run, data)
    found = explain_run(run, data, vectors, explained=chosen)
    if only:
        values = {name: part[:, [found.groups.index(only)]] for name, part in found.values.items()}
        found = Contributions((only,), values, found.base, found.prediction, found.rows, found.label)
    if sealed:
        run = replace(run, settings=replace(run.settings, folds=2, sealed=True))
    if lacking:
        frame = data.frame.copy()
        frame.loc[frame.index[found.rows[:3]], ["feature.RSI", "feature.거래량"]] = np.nan
        data = replace(data, frame=frame)
    numbers(run, data, vectors, found, chosen)


def _vectors(run, data):
    from core.embed import embed

    return embed(data.headlines, run.settings.encoder, run.settings.pooling).vectors


_SOURCE = "{vectors}\n\n{page}\n\n_page(**{asked!r})\n"


def draw(language="en", **asked):
    import inspect

    source = _SOURCE.format(vectors=inspect.getsource(_vectors), page=inspect.getsource(_page), asked=asked)
    app = AppTest.from_string(source, default_timeout=120)
    app.session_state["language"] = language
    app.run()
    assert not app.exception
    return app


def charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def points(chart):
    return [trace for trace in chart["data"] if trace.get("customdata") is not None]


def test_every_row_has_a_point_for_each_group_that_says_its_headline_value_and_number(small_lab):
    app = draw(**small_lab.link)
    run, data = load_run(small_lab.run), load_dataset(small_lab.dataset)
    found = explain_run(run, data, _vectors(run, data))
    chart = charts(app)["chart-beeswarm"]
    grey, coloured = points(chart)
    assert set(chart["layout"]["yaxis"]["ticktext"]) == {"RSI", "거래량", "press outlet"}
    assert len(grey["hovertext"]) == len(found.rows)  # the outlet has no number
    assert len(coloured["hovertext"]) == 2 * len(found.rows)
    row = data.frame.iloc[found.rows[0]]
    about = [text for text in coloured["hovertext"] if f"row {row['row']}" in text.split("<br>")[-1:]]
    assert len(about) == 2
    assert all(row["headline"] in text.replace("<br>", " ") for text in about)
    assert [trace["name"] for trace in chart["data"] if "name" in trace] == [
        "low value",
        "high value",
        "no number",
    ]


def test_the_outlets_stand_below_with_what_each_adds(small_lab):
    app = draw(**small_lab.link)
    run, data = load_run(small_lab.run), load_dataset(small_lab.dataset)
    tested = data.frame["press"].iloc[run.predictions.test.positions(data)]
    (listed,) = [frame.value for frame in app.dataframe if "outlet" in frame.value]
    assert set(listed["outlet"]) == set(tested.dropna())
    effects = outlet_effects(run, data, explain_run(run, data, _vectors(run, data)))
    assert list(listed["outlet"]) == [effect.keywords[0] for effect in effects]
    said = listed["contribution, percentage points"]
    assert [float(text.replace("−", "-")) for text in said] == pytest.approx(
        [100 * effect.contribution.value for effect in effects], abs=0.051
    )  # three events each are too few for an interval


def test_a_chosen_feature_is_drawn_by_its_values_and_moved(small_lab):
    app = draw(**small_lab.link)
    for feature in ("거래량", "RSI"):
        app.selectbox[0].set_value(feature).run()
        assert not app.exception
        drawn = charts(app)
        assert drawn["chart-dependence"]["layout"]["xaxis"]["title"]["text"] == feature
        assert drawn["chart-partial"]["layout"]["xaxis"]["title"]["text"] == feature
    names = [trace["name"] for trace in charts(app)["chart-partial"]["data"] if "name" in trace]
    assert len(names) == 4


def test_rows_without_a_value_are_counted_and_not_drawn(small_lab):
    app = draw(**small_lab.link, lacking=True)
    assert "3 rows without a value are not drawn" in texts(app)
    coloured = points(charts(app)["chart-dependence"])
    run = load_run(small_lab.run)
    assert sum(len(trace["hovertext"]) for trace in coloured) == len(run.predictions.test) - 3


def test_what_helps_is_measured_when_asked(small_lab):
    app = draw(**small_lab.link)
    assert "chart-permuted" not in charts(app)
    app.toggle[0].set_value(True).run()
    assert not app.exception
    (dots,) = charts(app)["chart-permuted"]["data"]
    assert set(dots["y"]) == {"headline", "RSI", "거래량", "press outlet"}
    listed = app.dataframe[-1].value
    assert sorted(listed["rank by contribution"]) == [1, 2, 3, 4]


def test_a_sealed_holdout_is_not_measured(small_lab):
    app = draw(**small_lab.link, sealed=True)
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert "chart-permuted" not in charts(app)
    assert "those of the holdout, once it is opened" in texts(app)


@pytest.mark.parametrize(("only", "drawn"), [("headline", set()), ("press", {"chart-beeswarm"})])
def test_a_run_without_numbers_has_what_it_can_have(small_lab, only, drawn):
    app = draw(**small_lab.link, only=only)
    assert set(charts(app)) == drawn
    assert ("the headline alone" in texts(app)) == (only == "headline")


@pytest.mark.parametrize("chosen", [0, 1])
def test_the_chosen_class_of_three_is_explained(three, chosen):
    app = draw(**three, chosen=chosen)
    label = load_run(three["run"]).classes[chosen]
    for key in ("chart-beeswarm", "chart-partial"):
        layout = charts(app)[key]["layout"]
        axis = layout["xaxis"] if key == "chart-beeswarm" else layout["yaxis"]
        assert label in axis["title"]["text"]


def test_points_of_one_place_stand_side_by_side_and_never_leave_their_line():
    aside = spread(np.array([0.5] * 9 + [0.9]), 0, 1)
    assert len(set(aside[:9])) == 9
    assert aside[9] == 0
    assert np.abs(aside).max() <= 1
    assert np.array_equal(aside, spread(np.array([0.5] * 9 + [0.9]), 0, 1))
    many = spread(np.zeros(1000), 0, 1)
    assert np.abs(many).max() == pytest.approx(1)
