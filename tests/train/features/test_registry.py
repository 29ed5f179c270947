"""A block that is registered in one place is offered, trained and explained."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.cli.command import commands, parser
from core.errors import UserError
from core.train.features import registry
from core.train.features.block import Block, Extra
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from core.train.features.registry import BLOCKS, EXTRAS, groups, headline_groups
from core.train.models import forest
from core.train.pipeline import train
from core.train.settings import TrainSettings
from tests.makers.explained import explain_rows
from tests.makers.feature_tables import fit, outlets, table, vectors_of
from tests.makers.train_tables import signal


def rockets(text):
    return pd.DataFrame({"count": text.str.count("🚀").astype(float)})


@pytest.fixture
def rocket(monkeypatch):
    """An extra with a group of its own."""
    monkeypatch.setitem(EXTRAS, "rocket", Extra("rocket", "Rockets", "emoji", "text", read=rockets))


@pytest.fixture
def dataset(monkeypatch):
    """A table whose headlines have a rocket where the return was above 0."""
    monkeypatch.setattr(forest, "TREES", 25)
    made, vectors = signal()
    text = np.where(made.frame["target"] > 0, "제목 🚀", "제목")
    return replace(made, frame=made.frame.assign(headline=pd.Series(text, dtype="str"))), vectors


def test_an_unknown_extra_is_refused_and_a_registered_one_is_not(rocket):
    assert TrainSettings(extras=("rocket",)).extras == ("rocket",)
    with pytest.raises(UserError) as refused:
        TrainSettings(extras=("moon",))
    assert "rocket" in refused.value.message.params["allowed"]


def test_a_registered_extra_is_offered_by_the_command_line(rocket, capsys):
    with pytest.raises(SystemExit):
        parser(commands()).parse_args(["run", "-h"])
    assert "rocket" in capsys.readouterr().out


def _form():
    from core.ui.train.form import settings_form
    from tests.makers.train_tables import signal

    settings_form(signal()[0])


def test_a_registered_extra_is_offered_on_the_page(rocket, home):
    app = AppTest.from_function(_form, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert "Rockets" in app.multiselect[0].options


@pytest.mark.slow
def test_a_registered_extra_is_trained_and_explained_in_its_group(rocket, dataset):
    made, vectors = dataset
    run = train(made, vectors, TrainSettings(extras=("rocket",)))
    assert run.scores["mean"]["auc"].value > 0.99
    assert "rocket: count" in run.preparation.columns
    found = explain_rows(run, Inputs.of(made, vectors).take(np.arange(20)))
    assert found.importance()["group"][0] == "emoji"
    assert found.inside("emoji")["member"].tolist() == ["rocket"]
    assert groups()["emoji"] == "Rockets"
    assert "emoji" in headline_groups()
    again = Preparation.from_arrays(run.preparation.to_arrays())
    assert again.columns == run.preparation.columns


class OutletNamed:
    """A block of one column: whether the press outlet is named."""

    columns, members, dropped = ("named",), (("outlet named", "outlet named"),), ()
    member_of = np.zeros(1, int)

    @classmethod
    def fit(cls, inputs, settings):
        return cls()

    def matrix(self, inputs):
        return inputs.press.notna().to_numpy(float)[:, None]

    def to_arrays(self):
        return {"version": np.array(1)}

    @classmethod
    def from_arrays(cls, arrays):
        return cls()


def test_a_registered_block_has_its_columns_and_is_saved(monkeypatch):
    rows = Inputs(vectors_of(2, 3), table(x=[1, 2]), outlets("가", None))
    before = Preparation.fit(rows).to_arrays()
    entry = Block("named", "Outlet named", "outlet named", "press", OutletNamed)
    monkeypatch.setitem(registry.BLOCKS, "named", entry)
    prepared = fit(rows.features, rows.press, rows.vectors)
    assert prepared.columns[-1] == "named"
    assert prepared.groups[-1] == "outlet named"
    assert Preparation.from_arrays(prepared.to_arrays()).matrix(rows)[:, -1].tolist() == [1, 0]
    assert "named" not in Preparation.from_arrays(before).columns  # a run that was saved without it


def test_every_entry_stands_under_its_own_key_and_says_what_it_is():
    for key, entry in (BLOCKS | EXTRAS).items():
        assert entry.key == key
        assert entry.title
    assert all(bool(extra.read) != bool(extra.learned) for extra in EXTRAS.values())
    assert headline_groups() == {"headline", "text"}
    assert set(groups()) == {"headline", "text", "clock", "press"}
