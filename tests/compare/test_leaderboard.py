from dataclasses import replace

import numpy as np
import pytest

from core.compare.candidate import Candidate
from core.compare.groups import EVERY, HOLDOUT, WALK, grouped
from core.compare.leaderboard import leaderboard
from core.compare.names import names
from core.compare.pairwise import BETTER, UNKNOWN, WORSE, compare_pair, growth, pair_of
from core.compare.ranks import ranks
from core.compare.recommendation import recommend
from core.compare.together import CHANCE, Together, together
from core.errors import UserError
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import paired
from core.evaluate.scoring import Scored, compared_by
from tests.makers.boards import EACH, SESSIONS, board_table, knowing, made_run

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(params=["return", "label"])
def data(request):
    return board_table(request.param)


def three(data):
    """Return a run of a model that knows much and one that knows nothing, and a run of one nearly as good as the first."""
    much, nothing = knowing(data, 0.9, 1), knowing(data, 0.0, 2)
    table = {"table_only": knowing(data, 0.05, 4)}
    first = made_run(data, {"rf": much, "xgb": nothing} | table, "aaaaaaaa", encoder="one")
    return [made_run(data, {"rf": 0.97 * much} | table, "bbbbbbbb", encoder="one", pooling="cls"), first]


def test_the_best_comes_first_and_what_is_worse_is_told_apart(data):
    board = leaderboard(data, three(data))
    assert board.places[-1].candidate.key == "aaaaaaaa:xgb"
    assert [place.rank for place in board.places] == [1, 1, 3]
    assert board.pair("aaaaaaaa:rf", "aaaaaaaa:xgb").verdict == BETTER
    assert board.pair("aaaaaaaa:xgb", "aaaaaaaa:rf").verdict == WORSE
    assert board.pair("aaaaaaaa:rf", "bbbbbbbb:rf").verdict == UNKNOWN
    assert {place.candidate.key for place in board.equals} == {"aaaaaaaa:rf", "bbbbbbbb:rf"}
    assert board.against_chance.verdict == BETTER
    assert board.against_table.verdict == BETTER


def test_the_probabilities_of_a_pair_turned_round_sum_to_one(data):
    pair = leaderboard(data, three(data)).pair("aaaaaaaa:rf", "aaaaaaaa:xgb")
    assert pair.turned().verdict == WORSE
    assert pair.turned().above == pytest.approx(1 - pair.above)
    assert pair.turned().p_value == pytest.approx(pair.p_value)


def test_a_difference_is_that_of_the_evaluate_stage(data):
    run = three(data)[1]
    group = grouped([run]).groups[0]
    told = {name: group.predictions(run)[name] for name in ("rf", "xgb")}
    found = together(group.tested, data, group.settings, told).difference("rf", "xgb")
    scored = Scored.of(run.predictions, data, group.settings, ["rf", "xgb"])
    metric = compared_by(run.task, scored.fold)
    assert found == paired(
        scored.y, scored.predictions["rf"], scored.predictions["xgb"], scored.blocks, metric, 0
    )


def test_only_runs_of_the_same_rows_are_compared_and_the_others_are_named():
    data = board_table()
    half = np.arange(len(data) // 2)
    other = made_run(data, {"rf": knowing(data, 0.5, 3)}, "cccccccc", rows=half)
    board = leaderboard(data, [other, *three(data)])
    assert {run.id for run in board.group.runs} == {"aaaaaaaa", "bbbbbbbb"}
    assert [run.id for run in board.left_out] == ["cccccccc"]
    chosen = next(group.key for group in board.all.groups if group.key != board.group.key)
    assert leaderboard(data, [other, *three(data)], group=chosen).best.candidate.run.id == "cccccccc"


@pytest.mark.parametrize("change", [{"horizon": 5}, {"unit": "event"}])
def test_another_horizon_or_unit_is_another_test(change):
    data = board_table()
    said = {"rf": knowing(data, 0.5, 3)}
    runs = [made_run(data, said, "aaaaaaaa"), made_run(data, said, "bbbbbbbb", **change)]
    assert len(grouped(runs).groups) == 2
    with pytest.raises(UserError, match="not tested on the same rows"):
        compare_pair(data, *(Candidate(run, "rf") for run in runs))


def test_runs_of_one_holdout_meet_on_it_though_one_walked_forward_too():
    data = board_table()
    walked, said = np.arange(len(data)) < len(data) // 2, {"rf": knowing(data, 0.5, 3)}
    both = made_run(data, said, "aaaaaaaa", walked=walked)
    held = made_run(data, said, "bbbbbbbb", rows=np.flatnonzero(~walked))
    found = grouped([both, held]).groups
    assert [(group.tests, len(group.runs)) for group in found] == [(HOLDOUT, 2), (EVERY, 1)]


def test_a_sealed_holdout_is_never_part_of_a_comparison():
    data = board_table()
    walked = np.arange(len(data)) < len(data) // 2
    run = made_run(data, {"rf": knowing(data, 0.5, 3)}, "aaaaaaaa", walked=walked, folds=2, sealed=True)
    group = grouped([run]).groups[0]
    assert group.tests == WALK
    assert len(group.tested) == walked.sum()


def test_a_withheld_verdict_is_listed_last_whatever_its_score(data):
    best = made_run(data, {"rf": knowing(data, 0.99, 1)}, "dddddddd", split="random")
    board = leaderboard(data, [best, *three(data)])
    assert board.places[-1].candidate.run.id == "dddddddd"
    assert (board.places[-1].rank, board.places[-1].ranks) == (0, None)
    assert board.pair("dddddddd:rf", "aaaaaaaa:xgb").verdict == UNKNOWN


def test_where_every_verdict_is_withheld_the_recommendation_says_so_first(data):
    run = made_run(
        data, {"rf": knowing(data, 0.9, 1), "xgb": knowing(data, 0, 2)}, "dddddddd", split="random"
    )
    board = leaderboard(data, [run])
    assert board.ranked == ()
    first, _second, third = recommend(board).sentences
    assert str(first).startswith("No verdict can be given here")
    assert "by time" in str(third)


def test_archived_runs_have_no_place_but_count_as_compared(data):
    second, first = three(data)
    alone, both = leaderboard(data, [first]), leaderboard(data, [first], hidden=[second])
    assert len(both.places) == len(alone.places) == 2
    tails = [board.pair("aaaaaaaa:rf", "aaaaaaaa:xgb").tail for board in (both, alone)]
    assert tails[0] < tails[1]


def test_a_board_without_runs_says_what_to_do():
    with pytest.raises(UserError, match="no run to compare"):
        leaderboard(board_table(), [])


def test_tests_by_others_make_the_level_stricter(data):
    board = leaderboard(data, three(data))
    later = replace(board, other_tests=2)
    pairs = [each.pair("aaaaaaaa:rf", "aaaaaaaa:xgb") for each in (board, later)]
    assert pairs[1].tail == pytest.approx(pairs[0].tail / 9)


def test_the_best_of_many_is_deflated_by_all_of_them(data):
    board = leaderboard(data, three(data))
    assert board.deflated.accesses == 3
    assert board.deflated.deflated < board.best.score.value
    assert replace(board, other_tests=40).deflated.deflated < board.deflated.deflated


def test_the_recommendation_names_the_cheaper_of_two_equals(data):
    runs = [replace(run, seconds={"rf": 9.0 if run.id == "aaaaaaaa" else 1.0}) for run in three(data)]
    found = recommend(leaderboard(data, runs))
    assert found.cheapest_equal.key == "bbbbbbbb:rf"
    assert len(found.sentences) == 3


@pytest.mark.parametrize(("more", "cheapest_is_best"), [(0.0, True), (0.04, True), (0.2, False)])
def test_what_costs_the_same_as_it_is_written_is_not_called_cheaper(data, more, cheapest_is_best):
    best = leaderboard(data, three(data)).best.candidate
    runs = [replace(run, seconds={"rf": 1.0 + more if run.id == best.run.id else 1.0}) for run in three(data)]
    found = recommend(leaderboard(data, runs))
    assert (found.cheapest_equal.key == best.key) == cheapest_is_best
    assert str(found.sentences[1]).startswith("It is also the cheapest") == cheapest_is_best


def test_nothing_above_chance_is_said_first():
    data = board_table()
    run = made_run(data, {"rf": knowing(data, 0, 5), "xgb": knowing(data, 0, 6)}, "aaaaaaaa")
    assert str(recommend(leaderboard(data, [run])).sentences[0]).startswith(
        "Nothing here can be told from chance"
    )


def test_names_tell_every_candidate_apart():
    data = board_table()
    said = {"rf": knowing(data, 0.5, 3)}
    runs = [
        made_run(data, said, "aaaaaaaa"),
        made_run(data, said, "bbbbbbbb", seed=1),
        made_run(data, said, "cccccccc", seed=1),
        made_run(data, said, "dddddddd", features="table"),
        made_run(data, said, "eeeeeeee", encoder="BAAI/bge-m3"),
    ]
    told = [str(name) for name in names(Candidate(run, "rf") for run in runs).values()]
    assert len(set(told)) == 5
    assert told[3] == "Random forest · table alone"
    assert "bge-m3" in told[4]
    assert "seed" not in told[4]


def test_ranks_are_a_distribution_of_all_candidates_together():
    drawn = np.array([[3.0, 2, 1], [3, 1, 2], [3, 2, 1], [2, 3, 1]])
    found = Together(("a", "b", "c"), drawn.mean(axis=0), drawn, Blocks(np.arange(40)), 40)
    made = ranks(found, ["a", "b", "c"])
    assert (made["a"].first, made["b"].first, made["c"].first) == (0.75, 0.25, 0)
    assert made["a"].mean == 1.25
    assert (made["c"].low, made["c"].high) == (2, 3)


def test_candidates_that_tie_share_the_first_rank():
    drawn = np.ones((10, 2))
    made = ranks(Together(("a", "b"), drawn[0], drawn, Blocks(np.arange(40)), 40), ["a", "b"])
    assert made["a"] == made["b"]
    assert made["a"].first == 0.5


def test_identical_predictions_are_never_told_apart():
    drawn = np.random.default_rng(0).normal(size=(200, 1)) @ np.ones((1, 2))
    pair = pair_of(Together(("a", "b"), np.zeros(2), drawn, Blocks(np.arange(40)), 40), "a", "b")
    assert (pair.verdict, pair.above, pair.p_value) == (UNKNOWN, 0.5, 1.0)


def test_five_blocks_are_no_verdict():
    drawn = np.random.default_rng(0).normal(size=(200, 2)) * 0.01 + [1, 0]
    few = Together(("a", "b"), np.array([1.0, 0]), drawn, Blocks(np.arange(5)), 5)
    assert pair_of(few, "a", "b").verdict == UNKNOWN
    assert pair_of(replace(few, blocks=Blocks(np.arange(6))), "a", "b").verdict == BETTER


def test_the_p_value_and_the_verdict_agree():
    rng = np.random.default_rng(0)
    for shift in np.linspace(0.5, 6, 12):
        drawn = rng.normal(size=(500, 2)) * [1, 0] + [shift, 0]
        found = Together(("a", "b"), np.array([shift, 0]), drawn, Blocks(np.arange(40)), 40)
        pair = pair_of(found, "a", "b", comparisons=7, looks=2)
        assert (pair.p_value < 0.05) == (pair.verdict == BETTER)


def test_candidates_that_say_the_same_count_as_fewer_comparisons():
    rng = np.random.default_rng(0)
    shared, own = rng.normal(size=(4000, 2)), rng.normal(size=(4000, 10))
    apart = Together(tuple("abcdefghij"), np.zeros(10), own, Blocks(np.arange(40)), 40)
    two = np.repeat(shared, 5, axis=1) + 1e-3 * own[:, [0]]
    alike = replace(apart, drawn=two)
    assert alike.comparisons < 2 < 15 < apart.comparisons <= 45


def test_a_growing_board_becomes_stricter_without_end():
    assert growth(0) == growth(1) == 3
    assert growth(2) < growth(24) < growth(100)


def test_chance_is_on_the_board(data):
    board = leaderboard(data, three(data))
    assert board.together.keys[-1] == CHANCE
    assert len(board.together.blocks) == SESSIONS * EACH


@pytest.mark.slow
def test_a_hundred_candidates_are_compared_in_seconds():
    data = board_table("label")
    said = {"rf": knowing(data, 0.3, 0), "xgb": knowing(data, 0.2, 1)}
    runs = [made_run(data, said, f"{number:08d}", seed=number) for number in range(50)]
    assert len(leaderboard(data, runs).places) == 100


@pytest.mark.slow
def test_equal_candidates_are_seldom_told_apart_and_a_better_one_is_found():
    from tests.simulations.leaderboard import boards, grown

    assert boards(1, sessions=60, repetitions=40).ever_told <= 0.05 + 2 * (0.05 * 0.95 / 40) ** 0.5
    assert boards(1, seed=1, lead=0.6, repetitions=10).found >= 0.5
    assert grown(24, 5, repetitions=8000) <= 0.05 + 2 * (0.05 * 0.95 / 4000) ** 0.5
