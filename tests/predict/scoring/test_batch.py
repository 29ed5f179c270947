import numpy as np
import pytest

from core.data.plan import Exchange, Plan, Roles
from core.errors import UserError
from core.jobs import Cancelled
from core.predict import score_table
from core.predict.interval import Intervals
from core.predict.scoring import batch
from core.train.features.inputs import Inputs


def test_a_file_is_scored_row_by_row_with_its_own_columns(run, table):
    table = table.head(30)
    scored = score_table(run, table).table
    assert len(scored) == 30
    assert scored["제목"].tolist() == table["제목"].tolist()
    np.testing.assert_allclose(scored["mean:승"] + scored["mean:패"], 1, atol=1e-6)


def test_a_missing_feature_and_a_new_outlet_are_said(run, table):
    table = table.head(5).drop(columns="RSI").assign(언론사="없던일보")
    problems = {problem.code: problem for problem in score_table(run, table).problems}
    assert problems["missing_feature"].message.params["columns"] == "RSI"
    assert problems["unseen_press"].rows == (1, 2, 3, 4, 5)


def test_every_row_has_its_number_its_warnings_and_what_was_asked(run, table):
    table = table.head(6).copy()
    table.loc[1, "제목"] = ""
    table.loc[2, "RSI"] = "1e6"
    scored = score_table(run, table.assign(row="x"))
    assert scored.table["row_"].tolist() == [1, 3, 4, 5, 6]
    assert scored.values("row").tolist() == [1, 3, 4, 5, 6]
    assert "outside_range:RSI" in scored.table["warnings"][1]
    assert scored.table["warnings"].tolist() == scored.cautions.codes().tolist()
    question = scored.question(1)
    assert (question.headline, question.press) == (table["제목"][2], table["언론사"][2])
    assert question.features["RSI"] == 1e6
    assert question.time.isoformat(" ", "minutes") == table["작성일시"][2]


def test_an_added_column_has_a_name_that_the_file_does_not_have(run, table):
    scored = score_table(run, table.head(3).assign(row="x", row_="y"))
    assert scored.table.columns.is_unique
    assert scored.table["row_"].tolist() == ["y"] * 3
    assert scored.values("row").tolist() == [1, 2, 3]


def test_columns_that_were_chosen_are_not_guessed(run, table):
    scored = score_table(run, table.head(5), Roles("제목"))
    assert scored.asked["press"].isna().all()
    assert scored.asked["time"].isna().all()
    assert not {"unseen_press", "missing_press"} & set(scored.cautions.counts())


def test_the_ends_of_the_interval_stand_beside_the_prediction(run, table, monkeypatch):
    none = np.empty(0)
    wide = Intervals(0.9, none, none, np.empty((0, 2)), half_width=0.1)
    monkeypatch.setattr(Intervals, "of", classmethod(lambda cls, run, data, explained=-1: wide))
    scored = score_table(run, table.head(5)).table
    np.testing.assert_allclose(scored["low"], scored["mean:승"] - 0.1)
    np.testing.assert_allclose(scored["high"], scored["mean:승"] + 0.1)
    monkeypatch.setattr(Intervals, "of", classmethod(lambda cls, run, data, explained=-1: None))
    assert "low" not in score_table(run, table.head(5)).table


def test_a_run_whose_table_is_gone_scores_all_the_same(run, table, monkeypatch):
    def gone(_dataset):
        raise UserError("gone")

    monkeypatch.setattr(batch, "load_dataset", gone)
    scored = score_table(run, table.head(5))
    assert len(scored) == 5
    assert "no_table" in {problem.code for problem in scored.problems}


def test_many_rows_are_predicted_as_a_few_at_a_time(run, table, monkeypatch):
    whole = score_table(run, table.head(20)).table
    monkeypatch.setattr(batch, "_AT_ONCE", 7)
    np.testing.assert_allclose(score_table(run, table.head(20)).table["mean:승"], whole["mean:승"], atol=1e-6)


def test_scoring_stops_where_it_is_cancelled(run, table):
    def cancelled(fraction, _template, **_params):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        score_table(run, table.head(5), report=cancelled)


def test_a_file_is_scored_with_its_own_texts_and_times(worded, data, vectors, table):
    scored = score_table(worded, table).table.set_index("row")
    expected = worded.predict(Inputs.of(data, vectors))["mean"][:, 1]
    np.testing.assert_allclose(scored.loc[data.frame["row"], "mean:승"], expected, atol=1e-5)


def test_a_file_without_dates_is_scored_with_its_clock_missing(worded, table):
    table = table.head(5).drop(columns="작성일시")
    assert np.isfinite(score_table(worded, table).table["mean:승"]).all()


def test_times_with_a_zone_are_read_by_the_clock_of_the_runs_exchange(worded, table, monkeypatch):
    plan = Plan(Roles("제목"), Exchange("XNYS"))
    monkeypatch.setattr(batch, "saved_plan", lambda _dataset: plan)
    local = table.head(20).assign(작성일시="2024-01-02 10:30")
    zoned = local.assign(작성일시="2024-01-02T15:30:00+00:00")
    np.testing.assert_allclose(
        score_table(worded, zoned).table["mean:승"], score_table(worded, local).table["mean:승"]
    )


@pytest.mark.parametrize(("untimed", "day"), [("same", "2024-01-02"), ("next", "2024-01-03")])
def test_rows_with_a_date_alone_stand_on_the_session_of_the_runs_table(run, table, monkeypatch, untimed, day):
    """A seal is known by the session, so a file has to place its rows as the table did."""
    plan = Plan(Roles("제목"), Exchange(untimed=untimed))
    monkeypatch.setattr(batch, "saved_plan", lambda _dataset: plan)
    asked = []

    def looked_at(_headlines, sessions, rows, _skip):
        asked.append(sessions())
        return np.ones(len(rows), bool), ()

    monkeypatch.setattr(batch, "open_rows", looked_at)
    score_table(run, table.head(3).assign(작성일시="2024-01-02"))
    assert asked[0].astype("datetime64[D]").astype(str).tolist() == [day] * 3
