"""What to take, and what to try next, in three sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.compare.candidate import Candidate
from core.compare.figures import Costs, costs
from core.compare.leaderboard import Leaderboard
from core.compare.names import names
from core.compare.pairwise import BETTER, UNKNOWN
from core.embed.pooling import POOLINGS
from core.errors import Message
from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.metrics import shown
from core.locale import N_
from core.train.settings import TABLE


@dataclass(frozen=True, eq=False)
class Recommendation:
    """The best by its honest score, the cheapest that cannot be told from it, and three sentences.

    They say what is best and whether that is evidence of anything, what is as good and cheaper, and what to try next.
    """

    best: Candidate
    cheapest_equal: Candidate
    sentences: tuple[Message, Message, Message]


def recommend(board: Leaderboard) -> Recommendation:
    """Return what a board says.

    Cheaper is fewer milliseconds a headline, then less training, then a smaller size. Where the cost as it is written
    is that of the best, the best counts as the cheapest.
    """
    named = names(place.candidate for place in board.places)
    cheapest, cost = _cheapest(board)
    return Recommendation(
        board.best.candidate,
        cheapest,
        (_first(board, named), _second(board, cheapest, cost, named), _third(board)),
    )


def _cheapest(board: Leaderboard) -> tuple[Candidate, dict[str, Costs]]:
    equal, best = [place.candidate for place in board.equals], board.best.candidate
    found = {each.key: costs(each) for each in equal}
    timed = _timed(found)

    def price(candidate: Candidate) -> tuple[float, float, float]:
        cost = found[candidate.key]
        training, size = (math.inf if math.isnan(part) else part for part in (cost.training, cost.size))
        return (cost.milliseconds if timed else 0.0, training, size)

    cheapest = min(equal, key=price)
    same = _written(found[cheapest.key], timed) == _written(found[best.key], timed)
    return best if same else cheapest, found


def _timed(found: dict[str, Costs]) -> bool:
    return not any(math.isnan(cost.milliseconds) for cost in found.values())


def _written(cost: Costs, timed: bool) -> str:
    """Return milliseconds a headline where all are `timed`, else seconds of training."""
    if not timed:
        return f"{cost.training:.1f}"
    return f"{cost.milliseconds:.1f}" if cost.milliseconds >= 0.1 else f"{cost.milliseconds:.2f}"


def _first(board: Leaderboard, named: dict[str, Message]) -> Message:
    metric, best = board.metric, board.best
    params = {
        "best": named[best.candidate.key],
        "metric": Message(metric.titled(len(best.candidate.run.classes))),
        "score": shown(metric, best.score.value),
        "low": shown(metric, best.score.low),
        "high": shown(metric, best.score.high),
        "guess": f"{metric.guessing:g}",
        "why": Message(board.withheld),
        "needed": FEWEST_BLOCKS,
    }
    return Message(_first_template(board), params)


def _first_template(board: Leaderboard) -> str:
    if board.withheld:
        return N_(
            "No verdict can be given here: {why}. The highest score is that of {best}, {metric} {score}."
        )
    if not board.enough:
        return N_(
            "The test is too short for a verdict: it holds fewer than {needed} independent stretches of time. The highest "
            "score is that of {best}, {metric} {score}."
        )
    if board.against_chance.verdict != BETTER:
        return N_(
            "Nothing here can be told from chance ({guess}): the highest score is that of {best}, {metric} {score} [{low}, "
            "{high}]."
        )
    if board.best.candidate.run.settings.features == TABLE:
        return N_(
            "The best reads no headline: {best}, {metric} {score} [{low}, {high}]. That the headlines add anything is not "
            "shown."
        )
    table = board.against_table
    if table is not None and table.verdict == UNKNOWN:
        return N_(
            "The best is {best}, {metric} {score} [{low}, {high}], but it cannot be told from the table alone: that the "
            "headlines add anything is not shown."
        )
    if len(board.equals) > 1:
        return N_(
            "The best score is that of {best}, {metric} {score} [{low}, {high}], but others cannot be told from it."
        )
    return N_("The best is {best}: {metric} {score} [{low}, {high}], better than every other on the board.")


def _second(
    board: Leaderboard, cheapest: Candidate, found: dict[str, Costs], named: dict[str, Message]
) -> Message:
    best = board.best.candidate
    timed = _timed(found)
    params = {
        "cheapest": named[cheapest.key],
        "n": len(board.equals) - 1,
        "cheap": _written(found[cheapest.key], timed),
        "own": _written(found[best.key], timed),
    }
    if len(board.equals) == 1:
        return Message(N_("No other can be called its equal, so there is no cheaper choice."), params)
    if cheapest.key == best.key:
        return Message(
            N_("It is also the cheapest of those that cannot be told from each other ({n:,} others)."), params
        )
    if timed:
        return Message(
            N_(
                "The cheapest that cannot be told from it is {cheapest}: {cheap} ms a headline instead of {own}. That does "
                "not show that they are equal."
            ),
            params,
        )
    return Message(
        N_(
            "The cheapest that cannot be told from it is {cheapest}: {cheap} s of training instead of {own} (the time for a "
            "headline was not measured yet). That does not show that they are equal."
        ),
        params,
    )


def _third(board: Leaderboard) -> Message:
    """Say what is missing, what would change most first."""
    runs = board.group.runs
    reading = [run for run in runs if run.settings.reads_headline]
    metric, score = board.metric, board.best.score
    params = {
        "sessions": board.group.sessions,
        "reach": shown(metric, (score.high - score.low) / 2, difference=True).lstrip("+"),
        "poolings": len({run.settings.pooling for run in reading}),
        "others": ", ".join(sorted(set(POOLINGS) - {run.settings.pooling for run in reading})),
        "metric": Message(metric.titled(len(board.best.candidate.run.classes))),
    }
    return Message(_third_template(board), params)


def _third_template(board: Leaderboard) -> str:
    runs = board.group.runs
    reading = [run.settings for run in runs if run.settings.reads_headline]
    if board.withheld and not board.data.has_sessions:
        return N_("Next: bring the dates of the headlines; without them no comparison can be a verdict.")
    if board.withheld:
        return N_("Next: train again by time or by whole sessions, which gives a verdict.")
    if not board.enough:
        return N_("Next: bring a longer period; {sessions:,} sessions are too few to compare anything.")
    if not reading:
        return N_("Next: train with the headlines too; so far only the table was read.")
    if not board.tables and _has_table(board):
        return N_("Next: train on the table alone, so that it can be seen what the headlines add.")
    if board.against_chance.verdict != BETTER:
        return N_(
            "Next: more sessions before more models; {sessions:,} sessions leave ±{reach} of {metric} to luck, and every "
            "further try makes luck larger."
        )
    if len({one.pooling for one in reading}) < len(POOLINGS):
        return N_("Next: try the other poolings ({others}); they cost no new embedding.")
    if len({one.encoder for one in reading}) == 1:
        return N_("Next: try another encoder, a larger one or one for finance; so far there is one.")
    if len({run.settings.seed for run in runs}) == 1:
        return N_("Next: repeat the best with other seeds; what holds for one seed may be its luck.")
    return N_("Next: seal later sessions now, and test the best on them once.")


def _has_table(board: Leaderboard) -> bool:
    """Whether the table has anything that a model of the table alone could read."""
    data = board.data
    return bool(len(data.features.columns)) or bool(data.frame["press"].notna().any())
