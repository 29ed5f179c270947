import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate import review
from core.evaluate.backtest import FIFTHS, SIGN
from core.evaluate.bootstrap import Interval, share_interval
from core.evaluate.events import to_events
from core.evaluate.metrics import METRICS, rank_ic
from core.evaluate.slices import slices
from core.train import TrainSettings
from core.train.run import Run
from tests.makers.train_tables import make_dataset

DAYS, A_DAY, COMPANIES = 30, 12, 6


def made_up(task="regress", companies=COMPANIES, skill=1.0, dated=True, **settings) -> tuple[Run, Dataset]:
    """A dataset of two headlines an event, and a run whose predictions are made up, the walk's among them."""
    rng = np.random.default_rng(0)
    n = DAYS * A_DAY
    day, company = np.repeat(np.arange(DAYS), A_DAY), np.tile(np.arange(A_DAY) % companies, DAYS)
    event = day * companies + company
    target = 0.01 * rng.normal(size=event.max() + 1)[event]
    data = make_dataset(
        target, day if dated else None, press=np.array(["가일보", "나일보", None])[rng.integers(0, 3, n)]
    )
    data = replace(
        data, frame=data.frame.assign(company=pd.Series([f"회사{c}" for c in company], dtype="str"))
    )
    actual = data.outcome(task)
    score = skill * target / 0.01 + rng.normal(size=n)
    p = 0.01 * score if task == "regress" else 1 / (1 + np.exp(-score))
    columns = {"mean": p} if task == "regress" else {"mean:패": 1 - p, "mean:승": p}
    fold = np.select([day >= 20, day >= 10], [0, 2], 1) if settings.get("folds") else np.zeros(n, int)
    table = pd.DataFrame(
        {
            "position": np.arange(n),
            "fold": fold,
            "row": data.frame["row"],
            "session": data.frame["session"],
            "actual": actual,
            **columns,
        }
    )
    if settings.get("sealed"):
        table = table[table["fold"] > 0]
    run = Run(
        "a" * 16,
        "2024-02-01T00:00:00",
        data.id,
        data.name,
        TrainSettings(task, **settings),
        ("패", "승") if task == "classify" else (),
        None,
        {},
        {},
        {},
        {},
        (),
        Predicted(table),
    )
    return run, data


class Predicted:
    """Parts of a run that has predictions alone."""

    def __init__(self, predictions: pd.DataFrame) -> None:
        self.predictions = predictions


def told(found: object) -> str:
    assert isinstance(found, Message)
    return str(found)


@pytest.mark.parametrize(("unit", "rows"), [("headline", DAYS * A_DAY), ("event", DAYS * COMPANIES)])
def test_what_is_drawn_of_the_test_is_counted_in_the_unit_that_the_run_scores(unit, rows):
    run, data = made_up("classify", unit=unit)
    found = review.tested(replace(run, scores={"mean": {}}), data)
    assert len(found.y) == rows
    assert found.predictions["mean"].shape == (rows, 2)


def test_the_reliability_curve_is_of_the_unit_that_the_run_scores():
    run, data = made_up("classify")
    events = review.calibration_curve(*made_up("classify", unit="event"))
    assert review.calibration_curve(run, data).rows == len(data)
    assert events.rows == DAYS * COMPANIES
    assert sum(b.rows for b in events.curve) == events.rows
    assert (events.label, events.unit, events.blocks) == ("승", "session", DAYS)


def test_probabilities_far_from_what_came_true_are_not_to_be_taken_at_their_word():
    run, data = made_up("classify")
    sure = run.predictions.assign(**{"mean:승": 0.9, "mean:패": 0.1})
    sure["mean:승"] += np.linspace(0, 0.09, len(sure))
    found = review.calibration_curve(replace(run, parts=Predicted(sure)), data)
    assert found.off > len(found.curve) / 2
    assert "Do not take the probabilities at their word" in str(found.sentence())
    assert "No evidence that the probabilities are wrong" in str(
        review.calibration_curve(run, data).sentence()
    )


def test_the_class_of_several_is_the_most_probable():
    run, data = made_up("classify")
    table = run.predictions.assign(**{"mean:보합": 0.0})
    found = review.calibration_curve(replace(run, parts=Predicted(table), classes=("패", "승", "보합")), data)
    assert found.label == ""
    assert min(b.predicted for b in found.curve) >= 0.5


def test_a_threshold_counts_every_row_once_and_its_share_has_an_interval():
    run, data = made_up("classify", unit="event")
    found = review.calls_at(run, data, 0.6)
    p, y = (to_events(data, np.arange(len(data)), run.test_predictions("mean"), data.outcome("classify")))[:2]
    called = p[:, 1] >= 0.6
    assert found.rows == DAYS * COMPANIES
    assert found.precision.value == pytest.approx(y[called].mean())
    assert found.recall.value == pytest.approx(called[y == 1].mean())
    assert found.precision.low < found.precision.value < found.precision.high


def test_a_threshold_that_calls_nothing_has_no_precision():
    assert math.isnan(review.calls_at(*made_up("classify"), 1.0).precision.value)


def test_a_share_of_all_is_not_certain_when_it_was_seen_on_few_sessions():
    all_held = share_interval(np.ones(50, bool), np.repeat(np.arange(5), 10), seed=0)
    assert all_held.value == all_held.high == 1
    assert all_held.low == pytest.approx(0.025 ** (1 / 5))
    none_held = share_interval(np.zeros(50, bool), np.repeat(np.arange(5), 10), seed=0)
    assert none_held == Interval(0.0, 0.0, pytest.approx(1 - 0.025 ** (1 / 5)))


def test_the_cheapest_threshold_follows_the_costs():
    run, data = made_up("classify")
    careful, bold = (review.cost_of_calls(run, data, *costs).best for costs in ((5, 1), (1, 5)))
    assert bold < 0.5 < careful
    with pytest.raises(UserError):
        review.cost_of_calls(run, data, -1, 1)


def test_companies_are_ranked_where_a_session_has_enough_of_them_else_the_sign_is_followed():
    assert review.book(*made_up()).following.rule == FIFTHS
    single = review.book(*made_up(companies=1))
    assert single.following.rule == SIGN
    assert single.companies == 1


def test_the_book_that_always_holds_does_not_look_at_the_predictions():
    found = review.book(*made_up(companies=1))
    data = made_up(companies=1)[1]
    daily = data.frame.groupby("session")["target"].mean().to_numpy()
    np.testing.assert_allclose(found.holding.gross, daily.cumsum())
    assert found.following.gross[-1] > found.holding.gross[-1]


def test_rank_ic_by_session_is_of_events_also_where_headlines_are_scored():
    run, data = made_up()
    found = review.session_scores(run, data)
    assert (found.rows == COMPANIES).all()
    assert not found.pooled
    y = data.frame["target"][:A_DAY].groupby(data.frame["company"][:A_DAY]).mean()
    p = run.predictions["mean"][:A_DAY].groupby(data.frame["company"][:A_DAY]).mean()
    assert found.ics[0] == pytest.approx(rank_ic(y.to_numpy(), p.to_numpy(), np.ones((1, COMPANIES)))[0])


def test_one_company_is_scored_over_all_sessions_at_once():
    assert review.session_scores(*made_up(companies=1)).pooled


def test_the_folds_of_a_sealed_run_are_pooled_by_rank_not_by_level():
    run, data = made_up(companies=1, folds=2, sealed=True)
    table = run.predictions
    before = review.session_scores(run, data).rank_ic.value
    lifted = table.assign(mean=table["mean"] - 10 * (table["fold"] == 2))
    assert review.session_scores(replace(run, parts=Predicted(lifted)), data).rank_ic.value == before


def test_intervals_are_made_from_the_walk_and_tried_on_the_holdout():
    run, data = made_up(folds=2)
    found = review.kept_promise(run, data, 0.8)
    walked, held = (run.all_predictions[(run.all_predictions["fold"] > 0) == part] for part in (True, False))
    assert found.sessions == 20
    whole, *months = found.fixed
    assert (whole.sessions, whole.rows) == (10, len(held))
    assert (walked["actual"] - walked["mean"]).abs().quantile(0.7) < found.half_width
    assert whole.realised.value == pytest.approx(
        ((held["actual"] - held["mean"]).abs() <= found.half_width).mean()
    )
    assert [month.month for month in months] == ["2024-01"]


def test_intervals_that_adapt_are_as_wide_as_the_others_until_an_outcome_is_known():
    run, data = made_up(folds=2, horizon=250)
    found = review.kept_promise(run, data, 0.8)
    assert found.adaptive[0].realised.value == found.fixed[0].realised.value
    assert found.adaptive[0].width == pytest.approx(2 * found.half_width)


def test_intervals_widen_after_sessions_that_were_missed():
    run, data = made_up(folds=2)
    table = run.all_predictions
    wild = table.assign(mean=np.where(table["fold"] == 0, table["mean"] + 1, table["mean"]))
    found = review.kept_promise(replace(run, parts=Predicted(wild)), data, 0.8)
    assert found.adaptive[0].width > 2 * found.half_width


def test_too_few_sessions_for_the_level_are_said():
    found = review.kept_promise(*made_up(folds=2), 0.99)
    assert np.isinf(found.half_width)
    assert "too few" in str(found.sentence)
    assert found.adaptive == ()


def test_without_folds_or_with_a_seal_there_are_no_intervals_but_a_sentence():
    assert "train with walk-forward folds" in told(review.kept_promise(*made_up()))
    assert "sealed" in told(review.kept_promise(*made_up(folds=2, sealed=True)))


def test_slices_are_of_the_headlines_under_the_weights_of_the_unit():
    run, data = made_up()
    plain, weighted = review.by_slice(run, data), review.by_slice(*made_up(unit="event"))
    assert {made.by for made in plain.slices} == {"press", "company", "length"}
    assert not plain.weighted
    assert weighted.weighted
    assert sum(made.rows for made in plain.slices if made.by == "press") == plain.rows == len(data)
    metric = next(m for m in METRICS["regress"] if m.name == plain.metric)
    outlet = data.frame["press"].fillna("<missing>").to_numpy()
    alone = slices(
        run.predictions["actual"].to_numpy(),
        run.predictions["mean"].to_numpy(),
        np.repeat(np.arange(DAYS), A_DAY),
        {"press": outlet},
        metric,
        0,
    )
    assert [m.score for m in alone] == [m.score for m in plain.slices if m.by == "press"]


def test_the_ceiling_of_a_sealed_run_does_not_look_at_the_holdout():
    run, data = made_up("classify", folds=2)
    late = np.repeat(np.arange(DAYS) >= 0.8 * DAYS, A_DAY)
    data = replace(data, frame=data.frame.assign(story=np.arange(DAYS * A_DAY) % 40 + 40 * late))
    everything = review.headroom(run, data).ceiling
    before = review.headroom(replace(run, settings=replace(run.settings, sealed=True)), data).ceiling
    assert everything.pairs > before.pairs > 0
    assert before.sessions <= 0.8 * DAYS


def test_the_scores_under_the_ceiling_are_those_of_the_run():
    run, data = made_up("classify")
    data = replace(data, frame=data.frame.assign(story=np.arange(DAYS * A_DAY) % 40))
    score = {"auc": Interval(0.6, 0.5, 0.7), "accuracy": Interval(0.55, 0.5, 0.6)}
    run = replace(run, scores={"mean": score}, baselines={"encoder_linear": score, "majority": score})
    found = review.headroom(run, data)
    assert found.metric == "auc"
    assert found.scores == {"mean": score["auc"], "encoder_linear": score["auc"]}


@pytest.mark.parametrize("ask", [review.book, review.session_scores, review.kept_promise])
def test_what_is_of_sessions_is_not_told_of_an_undated_table(ask):
    run, data = made_up(dated=False, folds=2)
    assert "no date" in told(ask(run, data))


@pytest.mark.parametrize("ask", [review.book, review.session_scores])
def test_what_is_of_returns_is_not_told_of_classes(ask):
    assert "returns only" in told(ask(*made_up("classify")))


def test_what_is_of_two_classes_is_not_told_of_returns():
    run, data = made_up()
    assert "two classes" in told(review.cost_of_calls(run, data))
    assert "two classes" in told(review.calls_at(run, data, 0.5))
    assert "probabilities" in told(review.calibration_curve(run, data))


def test_a_trained_run_can_be_reviewed(lab):
    from core.data.library import load_dataset
    from core.train.runs import load_run

    data = load_dataset(lab.dataset)
    run = load_run(lab.runs["classify"])
    assert review.calibration_curve(run, data).ece == run.scores["mean"]["ece"]
    assert review.calls_at(run, data, 0.5).rows == run.split.test_rows
