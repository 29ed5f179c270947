"""The report's results: the honest score, the leakage staircase, what the headlines add."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from core.compare.report import charts
from core.compare.report.blocks import Block, Grid, Picture, Points, Section, Text
from core.compare.report.content import STAIRCASE, ReportContent
from core.compare.report.reader import Reader
from core.evaluate.arms import ARMS, arms_sentence
from core.evaluate.bootstrap import Interval
from core.evaluate.leakage import SHORT, STEPS
from core.evaluate.leakage_text import sentence as step_sentence
from core.evaluate.leakage_text import summary
from core.evaluate.lift import apart_sentence
from core.evaluate.lift import sentence as lift_sentence
from core.evaluate.metrics import METRICS, main_metric, shown
from core.evaluate.predictions import FUSION, MEAN
from core.evaluate.written import UNKNOWN, written
from core.locale import N_
from core.train.judgement import judgement
from core.train.models.registry import MODELS
from core.train.run import Run

FIRST = ("auc", "balanced_accuracy", "log_loss", "brier", "ece", "rank_ic", "spread", "hit_rate", "mae")
_KNOWS_NOTHING = ("majority", "average")  # their score is chance, which has a line
TABLE_ONLY = ARMS["table"]


def score(content: ReportContent, reader: Reader) -> Section:
    """Return the honest score, with a picture and a table of all models and baselines."""
    run, metric = content.run, main_metric(content.run.task)
    blocks: list[Block] = []
    if metric.name in run.scores.get(MEAN, {}):
        blocks.append(Text(reader.text(judgement(run)), strong=True))
        blocks.append(
            Text(
                reader.text(metric.meaning.of([reader.class_name(name) for name in run.classes])), small=True
            )
        )
    if run.scored_by_walk and run.walk is not None:
        blocks.append(
            Text(
                reader.say(
                    N_("Each walk-forward test is scored by itself; the score is the mean of {n}."),
                    n=len(run.walk.folds),
                ),
                small=True,
            )
        )
    if (best := content.deflated) is not None and best.accesses > 1:
        blocks.append(Text(reader.text(best.sentence(len(run.classes)))))
    rows = _rows(run, metric.name, reader)
    if rows:
        over = reader.text(run.basis.over)
        note = reader.say(
            N_("A line is the 95% interval over {over}; a diamond is what the models are compared with."),
            over=over,
        )
        if not run.believable:
            note = reader.say(N_("No verdict is given, so the intervals are left out."))
        title = reader.say(N_("How good, and how sure"))
        guess = reader.say(N_("chance {guess}"), guess=f"{metric.guessing:g}")
        drawn = charts.scores(rows, metric.guessing, guess, reader.metric(run, metric.name), title)
        blocks.append(Picture(title, drawn, note))
    blocks.append(score_grid(run, reader))
    return Section("score", reader.say(N_("The honest score")), tuple(blocks))


def _rows(run: Run, metric: str, reader: Reader) -> list[charts.Row]:
    """Return the ensemble, the single models, the fusion, the table alone and the strongest other baseline."""
    both = {name: made for name, made in (run.scores | run.baselines).items() if metric in made}
    sign = 1 if METRICS[metric].higher_is_better else -1
    others = {
        name: sign * both[name][metric].value
        for name in run.baselines
        if name in both
        and name not in (*_KNOWS_NOTHING, TABLE_ONLY)
        and np.isfinite(both[name][metric].value)
    }
    names = [MEAN, *MODELS, FUSION, TABLE_ONLY, max(others, key=others.__getitem__, default="")]
    rows = []
    for name in names:
        if name not in both:
            continue
        value = both[name][metric]
        if np.isfinite(value.value):
            sure = value if run.believable else Interval(value.value, math.nan, math.nan)
            rows.append(
                charts.Row(
                    reader.model(name),
                    sure,
                    shown(METRICS[metric], value.value),
                    compared=name in run.baselines,
                )
            )
    return rows


def score_grid(run: Run, reader: Reader, names: tuple[str, ...] = ()) -> Grid:
    """Return the scores of all models and baselines, or of some, as a table."""
    both = run.scores | run.baselines
    known = [name for name in FIRST if any(name in made for made in both.values())]
    rows = [
        {reader.say(N_("model")): reader.model(name)}
        | {
            reader.metric(run, metric): written(metric, made[metric], run.believable)
            if metric in made
            else UNKNOWN
            for metric in known
        }
        for name, made in both.items()
        if not names or name in names
    ]
    exact = [
        {"model": name, "metric": metric, "value": value.value, "low": value.low, "high": value.high}
        for name, made in both.items()
        for metric, value in made.items()
    ]
    return Grid(
        "scores",
        reader.say(N_("Scores of all models")) if not names else reader.say(N_("Scores")),
        pd.DataFrame(rows),
        reader.say(N_("In brackets the 95% interval.")) if run.believable else "",
        pd.DataFrame(exact),
    )


def staircase(content: ReportContent, reader: Reader) -> Section:
    """Return what a careless test would have promised, step by step."""
    run, steps = content.run, content.steps
    title = reader.say(N_("What a careless test would have promised"))
    if not steps:
        return Section("staircase", title, (Text(reader.text(content.missing[STAIRCASE])),))
    metric = METRICS[steps[0].metric]
    blocks: list[Block] = [Text(reader.text(summary(steps, run.looks)), strong=True)]
    if any(np.isfinite(step.value) for step in steps):
        names = [_two_lines(reader.say(SHORT[step.step])) for step in steps]
        heading = reader.say(N_("What is left once information leaks are removed"))
        note = reader.say(
            N_(
                "LightGBM; n = {n:,}, the same at every step, learned from {learned:,} rows; a mark is the mean over folds "
                "and {repeats} repeats, its line the 95% interval"
            ),
            n=steps[0].rows,
            learned=steps[0].train_rows,
            repeats=steps[0].repeats,
        )
        guess = reader.say(N_("chance {guess}"), guess=f"{metric.guessing:g}")
        drawn = charts.staircase(
            steps, names, metric.guessing, guess, reader.metric(run, metric.name), heading
        )
        blocks.append(Picture(heading, drawn, note))
    told = (f"{reader.say(STEPS[step.step])}: {reader.text(step_sentence(step))}" for step in steps)
    blocks.append(Points(tuple(told), numbered=True))
    return Section("staircase", title, tuple(blocks))


def _two_lines(name: str) -> tuple[str, str]:
    first, _blank, second = name.rpartition(" ")
    return (first, second) if first else (second, "")


def lift(content: ReportContent, reader: Reader) -> Section:
    """Return what the headlines add."""
    run = content.run
    title, found = reader.say(N_("What the headlines add")), content.run.lift
    if found is None:
        why = N_(
            "The run has no table beside the headlines, or no headlines: there is nothing that they could add to."
        )
        return Section("lift", title, (Text(reader.say(why)),))
    blocks: list[Block] = [Text(reader.text(lift_sentence(found)), strong=True)]
    if found.believable:
        metric = METRICS[found.metric]
        axis = reader.say(
            N_("{metric} with headlines minus without"), metric=reader.metric(run, found.metric)
        )
        note = reader.say(
            N_(
                "The diamond is the difference, the bar its 95% interval (paired bootstrap over {over}). Where the bar "
                "touches the line at 0, the headlines may add nothing."
            ),
            over=reader.text(found.evidence.over),
        )
        worse, better = reader.say(N_("← worse with them")), reader.say(N_("they help →"))
        if not metric.higher_is_better:
            worse, better = better, worse
        heading = title
        drawn = charts.difference(
            Interval(found.value, found.low, found.high),
            shown(metric, found.value, difference=True),
            worse,
            better,
            axis,
            heading,
        )
        blocks.append(Picture(heading, drawn, note))
    more = (arms_sentence(found.metric, dict(found.arms), found.arm), apart_sentence(found))
    blocks += [Text(reader.text(message)) for message in more if message]
    return Section("lift", title, tuple(blocks))
