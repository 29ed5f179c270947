"""A split that is registered in one place is offered, validated, trained on, warned of and named in the JSON."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.cli.command import commands, parser
from core.errors import UserError
from core.evaluate.lift import sentence
from core.train.models import forest
from core.train.pipeline import train
from core.train.run_record import run_table
from core.train.settings import TrainSettings
from core.train.splits.partition import Split, Splitter
from core.train.splits.registry import SPLITS, SplitRule, default_split, possible_splits
from core.ui.text import run_label
from tests.makers.train_tables import make_dataset, signal
from tests.makers.worlds import first_always
from tests.simulations.splits import null_verdicts, null_world


class EveryFifth(Splitter):
    """Every fifth row is the test."""

    def parts(self, X):
        rows = np.arange(len(X))
        yield Split(rows[rows % 5 > 0], rows[rows % 5 == 0])


@pytest.fixture
def fifth(monkeypatch):
    rule = SplitRule(
        "fifth",
        "every fifth row",
        "fifth row",
        lambda *_: EveryFifth(),
        caution="Every fifth row was tested.",
    )
    monkeypatch.setitem(SPLITS, "fifth", rule)
    monkeypatch.setattr(forest, "TREES", 25)


@pytest.mark.slow
def test_a_registered_split_is_trained_on_and_named_in_the_json(fifth):
    run = train(*signal(), TrainSettings(split="fifth"))
    table = run_table(run)
    assert (table["split"], table["test_rows"], table["train_rows"]) == ("fifth", 48, 192)
    assert (run.predictions.table["row"] % 5 == 1).all()
    assert str(run.warnings[0]) == "Every fifth row was tested."
    assert 0 < table["models"]["mean"]["auc"]["value"] < 1
    assert " · fifth row · " in run_label(run)


def test_a_registered_split_is_a_choice_of_the_command_line(fifth):
    assert parser(commands()).parse_args(["run", "file.csv", "--split", "fifth"]).split == "fifth"


def test_an_unregistered_split_is_refused_with_the_choices():
    with pytest.raises(UserError) as refused:
        TrainSettings(split="fifth")
    assert refused.value.message.params["allowed"] == ", ".join(SPLITS)


def _form():
    from core.ui.train.form import settings_form
    from tests.makers.train_tables import signal

    settings_form(signal()[0])


def test_a_registered_split_is_offered_by_the_page(fifth):
    app = AppTest.from_function(_form, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    (options,) = [box.options for box in app.selectbox if box.label == "Test"]
    assert options[-1] == "every fifth row"


@pytest.mark.slow
def test_a_split_whose_sides_share_sessions_gives_no_verdict_and_says_why(fifth):
    run = train(*signal(), TrainSettings(split="fifth"))
    assert run.split.shared_sessions > 0
    assert "rows of the same session" in run.withheld
    assert run.lift.verdict == "none"
    assert "cannot be told from this test" in str(sentence(run.lift))


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("horizon", first_always([5, 1]))
def test_headlines_that_say_nothing_help_in_at_most_one_of_twenty_tables_or_the_verdict_is_withheld(
    split, horizon
):
    found = null_verdicts(split, horizon)
    assert found.helps <= 0.05
    assert (found.withheld == 1) == bool(SPLITS[split].withholds)
    assert found.leaked <= 0.05 or found.withheld == 1


@pytest.mark.slow
@pytest.mark.parametrize("split", first_always(["group", "company"]))
def test_in_whole_trainings_too_headlines_that_share_the_day_do_not_help(split, monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)
    runs = [
        train(dataset, vectors.astype(np.float32), TrainSettings("regress", split, unit="event", seed=seed))
        for seed, (dataset, vectors) in ((seed, null_world(seed)) for seed in range(5))
    ]
    assert [run.lift.verdict for run in runs].count("helps") <= 1
    assert not any(run.withheld for run in runs)


def test_the_splits_that_a_table_allows_are_offered_the_most_honest_first():
    dated, undated = signal()[0], make_dataset(np.zeros(20))
    assert [rule.key for rule in possible_splits(dated)] == ["time", "group", "random"]
    assert [rule.key for rule in possible_splits(undated)] == ["group", "random"]
    assert (default_split(dated), default_split(undated)) == ("time", "group")


def test_a_table_without_dates_is_not_told_of_sessions_nor_to_be_split_by_time():
    """Nothing in the words of a split asks for what the table lacks, but to say that it lacks it."""
    for rule in (rule.on(False) for rule in SPLITS.values() if not rule.needs or rule.needs == "companies"):
        words = f"{rule.title} {rule.short} {rule.unseen} {rule.caution} {rule.withholds}"
        assert "session" not in words
        assert "plit by time for" not in words
        assert "date" in rule.caution
    assert all(rule.on(True) is rule for rule in SPLITS.values())
