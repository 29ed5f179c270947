import numpy as np
import pytest

from core.data.plan import Exchange, Plan, Roles
from core.predict import batch, score_table
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
