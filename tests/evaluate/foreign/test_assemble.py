import numpy as np
import pandas as pd
import pytest

from core.data.reading import RawTable, Source, read_table
from core.errors import UserError
from core.evaluate.foreign import ForeignSettings, assemble
from tests.makers.foreign_predictions import ROWS, as_file, small
from tests.makers.train_tables import make_dataset, three_classes

CLASSIFY = ForeignSettings("classify")


def logistic(score):
    return 1 / (1 + np.exp(-score))


def fails(table, data, settings=CLASSIFY, sources=()):
    with pytest.raises(UserError) as caught:
        assemble(table, data, settings, sources)
    return str(caught.value)


def test_rows_are_matched_by_their_number_in_any_order():
    data, score = small()
    order = np.random.default_rng(0).permutation(ROWS)
    found = assemble(as_file(row=data.frame["row"][order], p=logistic(score)[order]), data, CLASSIFY)
    assert (found.by, found.counts["matched"], found.main) == ("row", ROWS, "p")
    assert np.array_equal(found.predictions["p"][:, 1], logistic(score)[order])
    assert np.array_equal(found.predictions.table["row"], data.frame["row"][order])
    assert np.array_equal(found.predictions.outcome, data.outcome("classify")[order])


def test_rows_are_matched_by_an_id_that_the_dataset_s_file_has():
    data, score = small()
    ids = [f"N-{number:04d}" for number in range(ROWS)]
    source = Source("file.csv", RawTable(pd.DataFrame({"news_key": ids}), "utf-8", ","))
    table = as_file(news_key=ids[::-1][:100], p=logistic(score)[::-1][:100])
    for settings in (CLASSIFY, ForeignSettings("classify", id="news_key")):
        found = assemble(table, data, settings, [source])
        assert (found.by, found.counts["not_predicted"]) == ("id", ROWS - 100)
        assert np.array_equal(found.predictions["p"][:, 1], logistic(score)[::-1][:100])


def test_rows_are_matched_by_headline_and_session_whatever_the_punctuation():
    data, score = small()
    frame = data.frame
    table = as_file(
        제목=[f"[특징주] {text}." for text in frame["headline"]],
        날짜=frame["session"].dt.strftime("%Y.%m.%d"),
        종목=frame["company"],
        p=logistic(score),
    )
    found = assemble(table, data, CLASSIFY)
    assert (found.by, found.counts["matched"]) == ("headline", ROWS)


def test_companies_that_are_written_otherwise_are_not_used():
    data, score = small()
    table = as_file(
        제목=data.frame["headline"], 날짜=data.frame["session"], 종목=["005930"] * ROWS, p=logistic(score)
    )
    found = assemble(table, data, CLASSIFY)
    assert found.counts["matched"] == ROWS
    assert "written otherwise" in str(found.notes[0])


def repeated():
    """Two companies have the same headline in one session, which ended differently, and two ended alike."""
    target = [0.01, -0.01, 0.02, 0.03, *np.resize([0.01, -0.01], 40)]
    data = make_dataset(target, np.r_[0, 0, 1, 1, 2 + np.arange(40)])
    data.frame["headline"] = [
        "증시 마감",
        "증시 마감",
        "코스피 강세",
        "코스피 강세",
        *[f"기사 {k}" for k in range(40)],
    ]
    return data


def test_a_headline_that_ended_differently_is_ambiguous_and_left_out():
    data = repeated()
    frame = data.frame.drop(index=[1, 3])
    table = as_file(제목=frame["headline"], 일자=frame["session"], p=np.linspace(0.1, 0.9, len(frame)))
    found = assemble(table, data, CLASSIFY)
    assert found.counts["ambiguous"] == 1
    assert found.examples["ambiguous"] == [{"row": 1, "key": "증시 마감"}]
    assert {3, 4} <= set(found.predictions.table["row"])  # one prediction speaks of both
    assert not {1, 2} & set(found.predictions.table["row"])


def test_as_many_rows_of_a_headline_as_the_table_has_are_paired_in_their_order():
    data = repeated()
    p = np.linspace(0.1, 0.9, len(data))
    found = assemble(as_file(제목=data.frame["headline"], 일자=data.frame["session"], p=p), data, CLASSIFY)
    assert found.counts["ambiguous"] == 0
    assert np.array_equal(found.predictions["p"][:, 1], p)


def test_a_row_that_is_said_again_counts_once_and_is_counted():
    data, score = small()
    row = np.r_[data.frame["row"], 1, 2, ROWS + 9]
    found = assemble(as_file(row=row, p=np.r_[logistic(score), 0.5, 0.5, 0.5]), data, CLASSIFY)
    assert (found.counts["duplicates"], found.counts["unmatched"]) == (2, 1)
    assert found.predictions["p"][0, 1] == logistic(score)[0]
    assert found.examples["unmatched"] == [{"row": ROWS + 3, "key": str(ROWS + 9)}]


def test_missing_outcomes_and_predictions_are_left_out_and_counted():
    data, score = small()
    data.frame.loc[:9, "target"] = np.nan
    p = logistic(score)
    p[20:25] = np.nan
    found = assemble(as_file(row=data.frame["row"], p=p), data, CLASSIFY)
    assert (found.counts["without_outcome"], found.counts["without_prediction"]) == (10, 5)
    assert len(found.predictions) == ROWS - 15


def test_several_columns_are_several_models():
    data, score = small()
    p = logistic(score)
    table = as_file(
        row=data.frame["row"], **{"a:패": 1 - p, "a:승": p, "b": p / 2, "판단": np.where(p > 0.5, "승", "패")}
    )
    found = assemble(table, data, CLASSIFY)
    assert found.kinds == {"a": "probability", "b": "probability", "판단": "label"}
    chosen = assemble(table, data, ForeignSettings("classify", models=("b",)))
    assert chosen.kinds == {"b": "probability"}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (lambda s: logistic(s), "probability"),
        (lambda s: [f"{v:.1%}" for v in logistic(s)], "probability"),
        (lambda s: s, "score"),
        (lambda s: 100 * logistic(s), "score"),
        (lambda s: np.digitize(s, [-1, -0.3, 0.3, 1]) + 1, "score"),
        (lambda s: np.array(["매도", "중립", "매수"])[np.digitize(s, [-0.5, 0.5])], "score"),
        (lambda s: np.where(s > 0, "win", "lose"), "label"),
        (lambda s: (s > 0).astype(int), "label"),
    ],
)
def test_what_two_classes_are_predicted_by(cells, kind):
    data, score = small()
    found = assemble(as_file(row=data.frame["row"], mine=cells(score)), data, CLASSIFY)
    assert found.kinds == {"mine": kind}
    order = pd.Series(found.predictions["mine"][:, 1])
    assert order.corr(pd.Series(score), method="spearman") > 0.7
    assert bool(found.notes) == (kind == "score")


def test_percent_is_read_as_such_where_it_is_said_and_told():
    data, score = small()
    for name, settings in (("prob_up", CLASSIFY), ("mine", ForeignSettings("classify", kind="percent"))):
        found = assemble(as_file(**{"row": data.frame["row"], name: 100 * logistic(score)}), data, settings)
        assert found.kinds == {name: "probability"}
        assert "percent" in str(found.notes[0])
        assert found.predictions[name].max() <= 1


def test_the_probability_of_the_other_class_is_turned_round():
    data, score = small()
    found = assemble(as_file(row=data.frame["row"], **{"m:패": 1 - logistic(score)}), data, CLASSIFY)
    assert found.predictions["m"][:, 1] == pytest.approx(logistic(score))


def test_returns_are_returns_only_in_their_unit():
    data, score = small()
    row = data.frame["row"]
    kinds = {
        "fraction": (0.01 * score, "return"),
        "예측수익률(%)": (score, "return"),
        "points": (30 * score, "score"),
        "stars": (np.digitize(score, [-1, 0, 1]) + 1, "score"),
    }
    found = assemble(
        as_file(row=row, **{name: p for name, (p, _kind) in kinds.items()}), data, ForeignSettings()
    )
    assert found.settings.task == "regress"
    assert found.kinds == {name: kind for name, (_p, kind) in kinds.items()}
    assert found.predictions["예측수익률(%)"] == pytest.approx(0.01 * score)


def test_three_classes_take_a_label_or_a_column_each():
    data, _vectors = three_classes()
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), len(data))
    table = as_file(
        row=data.frame["row"],
        **{label: p[:, k] for k, label in enumerate(data.classes)},
        판단=np.array(data.classes)[p.argmax(axis=1)],
    )
    found = assemble(table, data, ForeignSettings())
    assert sorted(found.kinds.values()) == ["label", "probability"]
    assert "3 classes" in fails(as_file(row=data.frame["row"], score=p[:, 0]), data)


def test_rows_in_the_training_period_and_its_horizon_stand_apart():
    data, score = small()
    table = as_file(row=data.frame["row"], p=logistic(score))
    settings = ForeignSettings("classify", trained_from="2024-01-11", trained_until="2024-01-20")
    found = assemble(table, data, settings)
    inside = set(found.inside.table["session"].dt.strftime("%Y-%m-%d"))
    assert inside == {f"2024-01-{day}" for day in range(11, 23)}  # Monday 22 is within the horizon
    assert found.counts["inside_training"] == 72
    assert (found.counts["near_training"], found.counts["before_training"]) == (18, 60)
    assert len(found.predictions) == ROWS - 72


def test_a_training_period_outside_of_the_table_marks_nothing_but_its_horizon():
    data, score = small()
    table = as_file(row=data.frame["row"], p=logistic(score))
    for until, inside in (("2023-12-31", 12), ("2020-01-01", 0)):
        settings = ForeignSettings("classify", trained_from="2019-01-01", trained_until=until)
        assert assemble(table, data, settings).counts["inside_training"] == inside


def test_a_model_may_have_learned_from_long_before_the_calendar():
    data, score = small()
    table = as_file(row=data.frame["row"], p=logistic(score))
    settings = ForeignSettings("classify", trained_from="1900-01-01", trained_until="2024-01-03")
    assert assemble(table, data, settings).counts["inside_training"] == 24  # and the 4th


def test_folds_of_another_cross_validation_are_none_of_them_a_holdout():
    data, score = small()
    table = as_file(row=data.frame["row"], p=logistic(score), fold=np.arange(ROWS) % 3)
    assert set(assemble(table, data, CLASSIFY).predictions.fold) == {1, 2, 3}


def test_no_row_outside_the_training_period_is_refused():
    data, score = small()
    said = fails(
        as_file(row=data.frame["row"], p=score), data, ForeignSettings("classify", trained_until="2025-01-01")
    )
    assert said.startswith("All 240 matched rows lie in the training period … to 2025-01-01")


class TestBadFiles:
    def test_no_common_row(self):
        data, score = small()
        table = as_file(제목=["다른 기사 제목입니다만"] * ROWS, 일자=data.frame["session"], p=score)
        assert fails(table, data).startswith("None of the 240 rows of predictions fits a row of the dataset")

    def test_nothing_that_names_the_rows(self):
        data, score = small()
        assert fails(as_file(p=score, q=score), data).startswith(
            "Nothing says which rows the predictions are of"
        )

    def test_no_column_of_predictions(self):
        data, _score = small()
        table = as_file(row=data.frame["row"], remark=[f"memo {k}" for k in range(ROWS)])
        assert fails(table, data).startswith("No column holds predictions")

    def test_all_one_value(self):
        data, _score = small()
        assert fails(as_file(row=data.frame["row"], p=[0.5] * ROWS), data).startswith(
            "p says the same of every"
        )

    def test_another_table_with_the_same_row_numbers(self):
        data, score = small()
        table = as_file(row=data.frame["row"], headline=data.frame["headline"].to_numpy()[::-1], p=score)
        assert fails(table, data).startswith("The predictions are of another table: 240 of 240 rows")

    def test_no_outcome_known(self):
        data, score = small()
        data.frame.loc[:99, "target"] = np.nan
        assert "none of them has a known outcome" in fails(
            as_file(row=data.frame["row"][:100], p=score[:100]), data
        )

    def test_an_empty_file(self):
        with pytest.raises(UserError):
            read_table(b"")
        with pytest.raises(UserError):
            read_table(b"row,p\n")

    def test_a_column_that_is_not_there(self):
        data, score = small()
        table = as_file(row=data.frame["row"], p=score)
        for settings in (ForeignSettings(models=("q",)), ForeignSettings(id="q")):
            assert fails(table, data, settings).startswith("There is no column q in the file")

    def test_words_where_numbers_should_be(self):
        data, _score = small()
        table = as_file(row=data.frame["row"], memo=[f"m {k}" for k in range(ROWS)])
        settings = ForeignSettings("classify", models=("memo",))
        assert fails(table, data, settings).startswith("memo cannot be read as predictions")


@pytest.mark.parametrize(
    "wrong",
    [
        {"task": "guess"},
        {"kind": "magic"},
        {"trained_until": "31.12.2023"},
        {"trained_from": "2024-01-01"},
        {"trained_from": "2024-02-01", "trained_until": "2024-01-01"},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(UserError):
        ForeignSettings(**wrong)


def test_settings_survive_json():
    settings = ForeignSettings("classify", "row", ("a", "b"), trained_until="2024-01-01")
    assert ForeignSettings.from_dict(settings.as_dict()) == settings
