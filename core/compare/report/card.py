"""The model card: on one page what a model is, what it is for, and how far it can be believed.

In the parts that Mitchell et al., "Model cards for model reporting" (2019), ask for, as far as they apply here.
"""

from __future__ import annotations

import pandas as pd

from core.compare.report import closing, opening, results
from core.compare.report.blocks import Block, Code, Document, Grid, Points, Section, Text
from core.compare.report.command import command
from core.compare.report.content import ReportContent
from core.compare.report.reader import Reader
from core.errors import Message
from core.evaluate.lift import sentence as lift_sentence
from core.evaluate.predictions import MEAN
from core.evaluate.written import UNKNOWN, count
from core.locale import N_, P_
from core.train.judgement import judgement
from core.train.models.registry import MODELS
from core.train.run import Run

_CAUTIONS = 4  # that have room on the page


def card(content: ReportContent, reader: Reader) -> Document:
    """Return the model card of a run."""
    run = content.run
    sections = (
        Section(
            "model",
            reader.say(N_("The model")),
            (Grid("card", reader.say(N_("In short")), _short(content, reader)),),
        ),
        Section("use", reader.say(N_("What it is for")), _use(content, reader)),
        Section("scores", reader.say(N_("How good it is")), _good(run, reader)),
        Section("limits", reader.say(N_("Limits")), (Points(_limits(run, reader)),)),
        Section("repeat", reader.say(N_("Repeat it")), (Code(command(run, content.data)),)),
    )
    return Document(
        reader.language,
        reader.say(N_("Model card: {name}"), name=run.dataset_name),
        f"{reader.run_label(run)} · Headline Lab",
        sections,
    )


def _short(content: ReportContent, reader: Reader) -> pd.DataFrame:
    run, data = content.run, content.data
    settings, split = run.settings, run.split
    encoder = f"{settings.encoder.rsplit('/', 1)[-1]} · {reader.pooling(settings.pooling)}"
    features = [*data.roles.numeric][:8] if settings.features != "headline" else []
    facts = {
        N_("predicts"): reader.text(opening.predicted(run, data)),
        N_("models"): ", ".join(reader.model(key) for key in MODELS if key in run.scores),
        N_("encoder"): encoder if settings.reads_headline else UNKNOWN,
        N_("features"): ", ".join(features) or UNKNOWN,
        N_("rows learned from"): count(split.train_rows),
        N_("tested on"): reader.text(_tested(run)),
        N_("run"): f"{run.id} · {run.created[:10]}",
        N_("dataset"): f"{run.dataset_id} · {count(len(data))}",
    }
    names = [reader.say(name) for name in facts]
    return pd.DataFrame({reader.say(N_("what")): names, reader.say(N_("value")): list(facts.values())})


def _tested(run: Run) -> Message:
    if run.scored_by_walk and run.walk is not None:
        return Message(N_("{n:,} walk-forward sessions that it never saw"), {"n": run.walk.sessions})
    rule = run.rule
    return Message(rule.unseen, {"n": run.split.test_sessions if rule.ordered else run.split.test_rows})


def _use(content: ReportContent, reader: Reader) -> tuple[Block, ...]:
    return (
        Points(
            (
                reader.say(
                    N_(
                        "For judging whether headlines like these say anything about what follows, by an analyst who reads them."
                    )
                ),
                reader.say(
                    N_(
                        "Not for trading by itself, nor for headlines of other markets, languages or kinds of text."
                    )
                ),
            )
        ),
    )


def _good(run: Run, reader: Reader) -> tuple[Block, ...]:
    blocks: list[Block] = [opening.state(run, reader), Text(reader.text(judgement(run)))]
    if run.lift is not None:
        blocks.append(Text(reader.text(lift_sentence(run.lift))))
    few = tuple(
        name
        for name in (MEAN, "fusion", "table_only", "majority", "average")
        if name in run.scores | run.baselines
    )
    blocks.append(results.score_grid(run, reader, few))
    return tuple(blocks)


def _limits(run: Run, reader: Reader) -> tuple[str, ...]:
    said = closing.cautions(run, reader)[:_CAUTIONS]
    said.append(
        reader.say(
            N_(
                "The past is no promise: what was found in these sessions may end, and scores know no costs of trading."
            )
        )
    )
    said.append(
        reader.say(
            P_(
                "These rows have been tested once; every further look asks for stronger evidence.",
                "These rows have been tested {n:,} times; every further look asks for stronger evidence.",
            ),
            n=run.looks,
        )
    )
    return tuple(said)
