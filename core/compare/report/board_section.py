"""The report's leaderboard: what was tested as the run was, beside it, and the other runs of the table."""

from __future__ import annotations

import math

import pandas as pd

from core.compare.leaderboard import Leaderboard, Place
from core.compare.names import names
from core.compare.pairwise import VERDICTS
from core.compare.recommendation import recommend
from core.compare.report.blocks import Block, Grid, Section, Text
from core.compare.report.content import ReportContent
from core.compare.report.reader import Reader
from core.errors import Message
from core.evaluate.bootstrap import Interval
from core.evaluate.lift_text import written_lift
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.evaluate.written import UNKNOWN, written
from core.locale import N_
from core.train.models.registry import MODELS
from core.train.run import Run

_LONGEST = 20  # candidates, and runs, that are listed


def board(content: ReportContent, reader: Reader) -> Section | None:
    """Return the runs of the table beside each other; None where there is one alone."""
    if len(content.runs) < 2:
        return None
    listed = [_line(run, content, reader) for run in content.runs[:_LONGEST]]
    exact = [_exact(run) for run in content.runs]
    blocks = (
        *([] if content.board is None else _ranked(content.board, content.run, reader)),
        Text(
            reader.say(
                N_(
                    "All runs of this table, the newest first; this report is about the one that is marked ●. Scores of runs "
                    "that were tested on other rows cannot be compared, and the best of many looks good by luck alone."
                )
            )
        ),
        Grid("runs", reader.say(N_("Runs of this table")), pd.DataFrame(listed), "", pd.DataFrame(exact)),
    )
    return Section("board", reader.say(N_("The other runs of this table")), blocks)


def _ranked(found: Leaderboard, run: Run, reader: Reader) -> list[Block]:
    """Return what the leaderboard recommends, and its first candidates beside those of the report's run."""
    first, *others = recommend(found).sentences
    named = names(place.candidate for place in found.places)
    listed = [
        place
        for number, place in enumerate(found.places)
        if number < _LONGEST or place.candidate.run.id == run.id
    ]
    frame = pd.DataFrame([_place(found, place, run, named, reader) for place in listed])
    exact = pd.DataFrame([found.row(place) for place in found.places])
    title = reader.say(
        N_("Leaderboard: {n:,} candidates, tested on the same rows"),
        n=len(found.places),
    )
    return [
        Text(reader.text(first), strong=True),
        *(Text(reader.text(sentence)) for sentence in others),
        Grid("leaderboard", title, frame, "", exact),
    ]


def _place(
    found: Leaderboard, place: Place, run: Run, named: dict[str, Message], reader: Reader
) -> dict[str, str]:
    sure = found.enough and not place.withheld
    pair = found.against_best.get(place.candidate.key)
    marked = "● " if place.candidate.run.id == run.id else ""
    verdict = UNKNOWN if pair is None else reader.say(VERDICTS[pair.verdict])
    return {
        reader.say(N_("rank")): str(place.rank) if place.rank else UNKNOWN,
        reader.say(N_("candidate")): marked + reader.text(named[place.candidate.key]),
        reader.say(found.metric.titled(len(run.classes))): written(found.metric.name, place.score, sure),
        reader.say(N_("ranks in 95% of resamples")): f"{place.ranks.low}–{place.ranks.high}"
        if sure and place.ranks
        else UNKNOWN,
        reader.say(N_("against the best")): reader.say(N_("no verdict")) if place.withheld else verdict,
    }


def _line(run: Run, content: ReportContent, reader: Reader) -> dict[str, str]:
    metric = main_metric(run.task).name
    own = run.scores.get(MEAN, {}).get(metric)
    encoder = run.settings.encoder.rsplit("/", 1)[-1]
    marked = "● " if run.id == content.run.id else ""
    return {
        reader.say(N_("run")): marked + reader.run_label(run),
        reader.say(N_("encoder")): f"{encoder} · {reader.pooling(run.settings.pooling)}"
        if encoder
        else UNKNOWN,
        reader.say(N_("models")): ", ".join(
            reader.say(MODELS[k].entry.short) for k in MODELS if k in run.scores
        ),
        reader.say(N_("score")): UNKNOWN
        if own is None
        else f"{reader.metric(run, metric)} {written(metric, own, run.believable)}",
        reader.say(N_("what the headlines add")): _lift_written(run),
    }


def _lift_written(run: Run) -> str:
    if run.lift is None or math.isnan(run.lift.value):
        return UNKNOWN
    return " ".join(written_lift(run.lift)).rstrip()


def _exact(run: Run) -> dict[str, object]:
    metric = main_metric(run.task).name
    own = run.scores.get(MEAN, {}).get(metric) or Interval(math.nan, math.nan, math.nan)
    gain = run.lift
    return {
        "run_id": run.id,
        "created": run.created,
        "encoder": run.settings.encoder,
        "pooling": run.settings.pooling,
        "features": run.settings.features,
        "metric": metric,
        "value": own.value,
        "low": own.low,
        "high": own.high,
        "lift": math.nan if gain is None else gain.value,
        "lift_low": math.nan if gain is None else gain.low,
        "lift_high": math.nan if gain is None else gain.high,
        "withheld": _in_english(run.withheld),
    }


def _in_english(template: str) -> str:
    return str(Message(template)) if template else ""
