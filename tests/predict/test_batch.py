import numpy as np

from core.predict import score_table
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
