import numpy as np
import pytest

from core.errors import Message, UserError
from core.evaluate.backtest import Rules, answer, backtest, caveats, neutral_answer
from core.evaluate.backtest.positions import QUINTILES, SIGN
from core.evaluate.daily_returns import OUTCOMES, PRICES, SPREAD
from tests.makers.panels import events, predictions_of, priced, trading_days
from tests.makers.predictions import made_up

NONE = np.nan
FREE = Rules(0.0)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))


def test_a_day_without_a_headline_is_a_day_on_which_nothing_is_held():
    returns = np.array([[0.01], [NONE], [NONE], [-0.02]])
    found = backtest(*events(returns, np.array([[1.0], [NONE], [NONE], [-1.0]])), Rules(100.0))
    book = found.following.book
    assert found.days.tolist() == trading_days(4).tolist()
    np.testing.assert_allclose(book.gross, [0.01, 0, 0, 0.02])
    np.testing.assert_allclose(book.turnover, [1, 1, 0, 2])  # bought, sold; sold short, bought back
    np.testing.assert_allclose(book.net, [0.0, -0.01, 0, 0.0])
    assert (found.skipped, found.quiet) == (2, 2)


def test_holidays_and_weekends_are_no_days():
    found = backtest(*events(np.full((30, 1), 0.01), np.ones((30, 1))), FREE)
    assert len(found.days) == 30
    assert np.datetime64("2024-02-09") not in found.days.astype("datetime64[D]")  # 설날


def test_the_exit_is_charged_once_and_what_is_held_on_is_not_traded():
    found = backtest(*events(np.full((3, 1), 0.01), np.ones((3, 1))), Rules(100.0))
    np.testing.assert_allclose(found.following.book.turnover, [1, 0, 1])
    np.testing.assert_allclose(found.following.book.net, found.holding.book.net)


def test_three_staggered_books_by_hand(workspace):
    returns = np.array([[0.01, 0.02], [0.03, -0.01], [-0.02, 0.01], [0.02, 0.02], [0.01, 0.05], [0.04, 0.0]])
    headlines = np.zeros((6, 2), bool)
    headlines[0] = headlines[2] = True  # none on the day between
    data = priced(returns, headlines, horizon=3).dataset
    first = (data.frame["company"] == "회사0").to_numpy()
    p = np.where(first, 1.0, -1.0)
    settings = events(returns, returns, 3)[2]
    found = backtest(predictions_of(data, p, np.ones(4, bool)), data, settings, Rules(100.0))
    assert found.returns.source == PRICES
    # a pair of half and half, at a third of the capital: bought on day 0 for days 0-2, on day 2 for days 2-4
    third = np.array([1, 1, 2, 1, 1]) / 6
    np.testing.assert_allclose(
        found.following.book.gross, third * (returns[:5, 0] - returns[:5, 1]), atol=1e-8
    )
    np.testing.assert_allclose(found.following.book.turnover, [1 / 3, 0, 1 / 3, 1 / 3, 1 / 3])
    np.testing.assert_allclose(
        found.following.book.net, found.following.book.gross - 0.01 * found.following.book.turnover
    )
    assert len(found.days) == 5
    np.testing.assert_allclose(found.holding.book.gross, returns[:5].mean(axis=1), atol=1e-8)


def test_without_prices_a_return_over_the_horizon_is_spread_over_its_days():
    returns = np.array([[0.03], [NONE], [0.06]])
    found = backtest(*events(returns, np.array([[1.0], [NONE], [1.0]]), 3), FREE)
    assert found.returns.source == SPREAD
    np.testing.assert_allclose(found.following.book.gross, np.array([1, 1, 3, 2, 2]) * 0.01 / 3)
    assert found.following.book.gross.sum() == pytest.approx(0.09 / 3)
    assert np.isnan(found.following.statistics.sharpe.value)
    assert "spread evenly" in str(found.returns.note)


def test_rows_of_one_event_are_averaged_before_the_book_is_made():
    predictions, data, settings = made_up(companies=1)
    found = backtest(predictions, data, settings, FREE)
    daily = data.frame.assign(p=predictions["mean"]).groupby("session")[["target", "p"]].mean()
    np.testing.assert_allclose(found.following.book.gross, np.sign(daily["p"]) * daily["target"], atol=1e-12)
    np.testing.assert_allclose(found.holding.book.gross, daily["target"], atol=1e-12)


def test_companies_are_ranked_where_a_session_has_enough_of_them_else_the_sign_is_followed():
    assert backtest(*made_up()).rule == QUINTILES
    single = backtest(*made_up(companies=1))
    assert (single.rule, single.companies, single.returns.source) == (SIGN, 1, OUTCOMES)


def test_betas_are_estimated_before_the_test_alone():
    rng = np.random.default_rng(0)
    beta = np.linspace(0.4, 1.6, 8)
    returns = 0.01 * rng.normal(size=(300, 1)) * beta + 0.001 * rng.normal(size=(300, 8))
    p = np.where(np.arange(300)[:, None] < 200, NONE, rng.normal(size=(300, 8)))
    found = backtest(*events(returns, p), FREE)
    assert found.hedge.sessions == 200
    np.testing.assert_allclose(found.hedge.betas, beta, atol=0.05)
    later = returns.copy()
    later[200:] = rng.permutation(later[200:]) * -3
    np.testing.assert_array_equal(backtest(*events(later, p), FREE).hedge.betas, found.hedge.betas)


def test_without_the_markets_part_a_long_book_does_not_follow_the_market():
    rng = np.random.default_rng(0)
    market = rng.normal(size=(300, 1))
    returns = 0.01 * market * np.linspace(0.4, 1.6, 8) + 0.001 * rng.normal(size=(300, 8))
    p = np.where(np.arange(300)[:, None] < 200, NONE, rng.normal(size=(300, 8)))
    found = backtest(*events(returns, p), Rules(10.0, shorts=False))
    assert (
        abs(np.corrcoef(found.following.book.gross, market[200:, 0])[0, 1])
        > 0.9
        > 3 * abs(np.corrcoef(found.neutral.book.gross, market[200:, 0])[0, 1])
    )
    assert found.neutral.book.turnover.sum() > found.following.book.turnover.sum()  # the hedge is traded too


def test_one_company_without_a_benchmark_has_no_markets_part(workspace):
    found = backtest(*events(np.full((40, 1), 0.01), np.ones((40, 1))), FREE)
    assert found.neutral is None
    assert "needs a benchmark" in str(neutral_answer(found))


def test_a_benchmark_column_is_the_market(workspace):
    rng = np.random.default_rng(0)
    returns = 0.01 * rng.normal(size=(90, 3))
    data = priced(returns, np.ones((90, 3), bool), benchmark=True).dataset
    tested = (data.frame["session"] >= trading_days(60)[-1]).to_numpy()
    p = rng.normal(size=len(data))
    settings = events(returns, returns)[2]
    found = backtest(predictions_of(data, p, tested), data, settings)
    assert found.hedge.estimated == 3
    assert found.hedge.betas.mean() == pytest.approx(1, abs=0.05)  # the benchmark is the mean of the three


def test_at_a_price_limit_the_order_waits(workspace):
    returns = np.full((6, 1), 0.01)
    returns[1] = 0.2999  # at the close of the third day the share stands at its upper limit
    headlines = np.zeros((6, 1), bool)
    headlines[[0, 2, 3]] = True
    data = priced(returns, headlines).dataset
    settings = events(returns, returns)[2]
    made = predictions_of(data, np.ones(3), np.ones(3, bool))
    free, bound = (backtest(made, data, settings, Rules(0.0, limits=limits)) for limits in (False, True))
    np.testing.assert_allclose(free.following.book.gross, [0.01, 0, 0.01, 0.01], atol=1e-8)
    np.testing.assert_allclose(bound.following.book.gross, [0.01, 0, 0, 0.01], atol=1e-8)
    assert (free.blocked, bound.blocked) == (0, 1)
    assert any("1 order was not filled" in str(told) for told in caveats(bound))


def test_prices_that_are_not_what_a_ready_made_target_says_are_not_used(workspace):
    """A column of prices may be of another day's close than the target begins at."""
    from core.data.ingest import Choices, File, ingest
    from core.data.library import save_dataset
    from core.data.plan import TargetRule
    from core.evaluate.daily_returns import daily_returns

    rows = "".join(
        f"{str(day)[:10]},가온전자,가온전자 제{i}호 수주 소식,{1000 + 7 * (i % 5)},{(i % 3 - 1) / 100}\n"
        for i, day in enumerate(trading_days(30))
    )
    made = ingest(
        [File("a.csv", ("일자,종목,제목,종가,익일수익률\n" + rows).encode())],
        Choices(target=TargetRule("column", price="종가")),
    )
    save_dataset(made.dataset, list(made.sources))
    assert made.dataset.plan.target.price == "종가"
    assert daily_returns(made.dataset, 1).source == OUTCOMES


def test_what_knows_the_returns_beats_holding_everything():
    predictions, data, settings = made_up()
    found = backtest(predictions, data, settings)
    assert found.difference.low > 0
    assert "made more than holding everything" in str(answer(found))


def test_labels_and_undated_rows_get_a_sentence():
    assert isinstance(backtest(*made_up("classify")), Message)
    assert isinstance(backtest(*made_up(dated=False)), Message)


def test_a_cost_below_zero_is_refused():
    with pytest.raises(UserError, match="basis points"):
        backtest(*made_up(), Rules(-1.0))


def test_a_book_of_five_days_is_too_short_for_an_answer():
    short = backtest(*events(np.full((5, 1), 0.01), np.ones((5, 1))), FREE)
    assert str(answer(short)).startswith("Too short for an answer: 5 trading days are 5 blocks of 1")
    assert any("less than a year" in str(told) for told in caveats(short))
