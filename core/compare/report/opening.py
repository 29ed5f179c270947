"""The report's beginning: the verdict, the question, the table with its findings, and the method in five lines."""

from __future__ import annotations

import pandas as pd

from core.compare.report.blocks import Block, Card, Cards, Grid, Heading, Points, Section, State, Text
from core.compare.report.content import ReportContent
from core.compare.report.reader import Reader
from core.data.classes import LOSE, WIN
from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.lift_text import HELP, NOTHING, STATES, UNSURE, reason, written_lift
from core.evaluate.lift_text import state as lift_state
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.evaluate.written import UNKNOWN, count, ends_of, percent, written
from core.locale import N_, P_
from core.train import judgement
from core.train.models.registry import MODELS
from core.train.run import Run
from core.train.settings import ALL, TABLE

MARKS = {HELP: "✓", UNSURE: "?", NOTHING: "–"}
SHADES = {HELP: "good", UNSURE: "unsure", NOTHING: "muted"}
_LEVELS = {
    "serious": N_("Know this first"),
    "warning": N_("Keep this in mind when reading the scores"),
    "info": N_("Good to know"),
}
_MOST_NAMES = 12  # features that are named


def answer(content: ReportContent, reader: Reader) -> Section:
    """Return the verdict with its sentence."""
    return Section(
        "answer", reader.say(N_("The answer")), (state(content.run, reader), *_answered(content.run, reader))
    )


def state(run: Run, reader: Reader) -> State:
    """Return the verdict: of the headlines where they can be compared with the table, else of the models."""
    lift, metric = run.lift, main_metric(run.task).name
    if lift is None:
        kind, score = judgement.state(run), run.scores.get(MEAN, {}).get(metric)
        number = UNKNOWN if score is None else written(metric, score, sure=False)
        ends = "" if score is None else ends_of(metric, score, run.believable)
        return State(
            MARKS[kind],
            reader.say(judgement.STATES[kind]),
            SHADES[kind],
            number,
            ends,
            reader.metric(run, metric),
        )
    kind, (number, ends) = lift_state(lift), written_lift(lift)
    of = reader.say(N_("{metric} with headlines minus without"), metric=reader.metric(run, lift.metric))
    return State(
        MARKS[kind],
        reader.say(STATES[kind]),
        SHADES[kind],
        number,
        ends,
        of,
    )


def _answered(run: Run, reader: Reader) -> list[Block]:
    said = [] if run.lift is None else [Text(reader.text(reason(run.lift)), strong=True)]
    if main_metric(run.task).name in run.scores.get(MEAN, {}):
        said.append(Text(reader.text(judgement.judgement(run)), strong=run.lift is None))
    return [*said]


def question(content: ReportContent, reader: Reader) -> Section:
    """Return what was asked."""
    run, data = content.run, content.data
    what = Message("{what}", {"what": reader.text(predicted(run, data))})
    beside = bool(data.roles.numeric) or data.roles.press is not None
    if run.settings.features == TABLE:
        template = N_("Does the table say anything about {what}, without any headline?")
    elif run.settings.features == ALL and beside:
        template = N_(
            "Do the headlines say anything about {what}, beyond the numbers and names that stand beside them in the table?"
        )
    else:
        template = N_("Do the headlines alone say anything about {what}?")
    return Section(
        "question",
        reader.say(N_("The question")),
        (
            Text(reader.say(template, what=what), strong=True),
            Text(
                reader.say(
                    N_(
                        "An answer counts only if it holds on headlines that the models never saw. So they are asked about "
                        "what came later, and their score comes with an interval: what chance alone could have made of it."
                    )
                )
                if run.rule.ordered
                else reader.say(
                    N_(
                        "An answer counts only if it holds on headlines that the models never saw. So some are held back "
                        "from them, and the score comes with an interval: what chance alone could have made of it."
                    )
                )
            ),
        ),
    )


def predicted(run: Run, data: Dataset) -> Message:
    """Say what is predicted: a return, win or lose, or the table's own classes."""
    ahead = {"n": run.settings.horizon}
    if not run.classes:
        return Message(P_("the return over the next session", "the return over the next {n} sessions"), ahead)
    if set(run.classes) <= {WIN, LOSE}:
        return Message(P_("win or lose in the next session", "win or lose over the next {n} sessions"), ahead)
    return Message(N_("the class ({classes})"), {"classes": ", ".join(run.classes)})


def table(content: ReportContent, reader: Reader) -> Section:
    """Return what the table holds and what was found in it."""
    data, run, quality = content.data, content.run, content.quality
    frame = data.frame
    cards = [
        Card(
            reader.say(N_("Rows")),
            count(len(data)),
            reader.say(N_("{n:,} different headlines"), n=data.distinct_headlines),
        )
    ]
    if data.has_sessions:
        span = f"{frame['session'].min():%Y-%m-%d} – {frame['session'].max():%Y-%m-%d}"
        cards.append(Card(reader.say(N_("Sessions")), count(data.sessions), span))
    if run.effective is not None:
        worth = reader.say(P_("of {n:,} row", "of {n:,} rows"), n=run.effective.rows)
        cards.append(
            Card(
                reader.say(N_("Independent observations")),
                f"≈\u00a0{count(run.effective.effective_n)}",
                worth,
            )
        )
    blocks: list[Block] = [
        Cards(tuple(cards)),
        Grid("table", reader.say(N_("The table")), _facts(content, reader)),
    ]
    if run.effective is not None:
        blocks.append(Text(reader.text(run.effective.sentence())))
    for level, title in _LEVELS.items():
        found = [finding for finding in quality.findings if finding.level == level]
        if found:
            said = (f"{reader.text(finding.message)} {reader.text(finding.meaning)}" for finding in found)
            blocks += [Heading(reader.say(title)), Points(tuple(said))]
    if not quality.findings:
        blocks.append(Text(reader.say(N_("Nothing was found that needs a word."))))
    return Section("data", reader.say(N_("The data")), tuple(blocks))


def _facts(content: ReportContent, reader: Reader) -> pd.DataFrame:
    data = content.data
    facts = {reader.say(N_("file")): data.name, reader.say(N_("headline")): data.roles.headline}
    if data.roles.target:
        facts[reader.say(N_("outcome"))] = f"{data.roles.target}{_shares(content, reader)}"
    if data.roles.press:
        facts[reader.say(N_("outlets"))] = count(data.frame["press"].nunique())
    if data.roles.group:
        facts[reader.say(N_("companies"))] = count(data.frame["company"].nunique())
    names = data.roles.numeric
    if names:
        more = " …" if len(names) > _MOST_NAMES else ""
        facts[reader.say(N_("features"))] = f"{len(names)}: {', '.join(names[:_MOST_NAMES])}{more}"
    return pd.DataFrame({reader.say(N_("what")): list(facts), reader.say(N_("value")): list(facts.values())})


def _shares(content: ReportContent, reader: Reader) -> str:
    """Write how often each class happened, in the rows that are not sealed."""
    data = content.data
    classes = data.frame["target"].drop(data.frame.index[content.sealed])
    if data.target_kind == "return":
        classes = pd.Series([WIN if value > 0 else LOSE for value in classes.dropna()], dtype="str")
    shares = classes.value_counts(normalize=True)
    known = [f"{reader.class_name(name)} {percent(shares[name])}" for name in data.classes if name in shares]
    return f" ({' · '.join(known[:_MOST_NAMES])})" if known else ""


def method(content: ReportContent, reader: Reader) -> Section:
    """Return the method in five lines."""
    run = content.run
    lines = (
        _given(run, content.data, reader),
        _fitted(run, reader),
        _tested(run, reader),
        _scored(run, reader),
    )
    last = reader.say(
        N_(
            "A difference counts only where its interval leaves out 0. Whoever looks at the same rows again needs stronger "
            "evidence, since the best of many tries looks good by luck: so far these rows have been tested {looks} times."
        )
        if run.looks > 1
        else N_(
            "A difference counts only where its interval leaves out 0. This was the first test of these rows; later ones "
            "will need stronger evidence, since the best of many tries looks good by luck."
        ),
        looks=run.looks,
    )
    return Section(
        "method", reader.say(N_("The method in five lines")), (Points((*lines, last), numbered=True),)
    )


def _given(run: Run, data: Dataset, reader: Reader) -> str:
    settings = run.settings
    words = {"encoder": settings.encoder.rsplit("/", 1)[-1], "pooling": reader.pooling(settings.pooling)}
    if not settings.reads_headline:
        return reader.say(N_("The models were given the table alone, and no headline."))
    if settings.features != ALL or not (data.roles.numeric or (data.roles.press and settings.use_press)):
        return reader.say(
            N_(
                "Each headline became a row of numbers (encoder {encoder}, pooling {pooling}), which is all the models saw."
            ),
            **words,
        )
    return reader.say(
        N_(
            "Each headline became a row of numbers (encoder {encoder}, pooling {pooling}); the table's columns stood "
            "beside them."
        ),
        **words,
    )


def _fitted(run: Run, reader: Reader) -> str:
    names = [reader.model(key) for key in MODELS if key in run.scores]
    if len(names) < 2:
        return reader.say(N_("One model was fitted: {models}."), models=", ".join(names) or UNKNOWN)
    return reader.say(
        N_("{n} models were fitted ({models}); the mean of their predictions is what is judged."),
        n=len(names),
        models=", ".join(names),
    )


def _tested(run: Run, reader: Reader) -> str:
    split = run.split
    if not run.rule.ordered:
        return reader.say(
            N_("They learned from {train:,} rows and were tested on {test:,} others, held out {rule}."),
            train=split.train_rows,
            test=split.test_rows,
            rule=reader.say(run.rule.short),
        )
    walk = len(run.walk.folds) if run.walk else 0
    words = {
        "train": split.train_sessions,
        "test": split.test_sessions,
        "cut": split.cut or UNKNOWN,
        "walk": walk,
        "walked": run.walk.sessions if run.walk else 0,
    }
    if run.scored_by_walk:
        template = N_(
            "They were tested {walk} times on {walked} sessions, each time having learned from earlier sessions only. The "
            "last {test} sessions, from {cut} on, are sealed: nobody has seen a score of them."
        )
    elif walk:
        template = N_(
            "They learned from {train} sessions and were tested on the {test} sessions after them, from {cut} on; before "
            "that they were tested {walk} times on {walked} earlier sessions in the same way."
        )
    else:
        template = N_(
            "They learned from {train} sessions and were tested on the {test} sessions after them, from {cut} on."
        )
    return reader.say(template, **words)


def _scored(run: Run, reader: Reader) -> str:
    metric = main_metric(run.task)
    words = {"metric": reader.metric(run, metric.name)}
    unit = reader.say(BLOCKS[bool(run.split.sessions)])
    if run.settings.unit == "event":
        template = N_(
            "Scored is each company's session once, by {metric}; the 95% interval comes from drawing whole {blocks} again "
            "and again."
        )
    else:
        template = N_(
            "Scored is each headline, by {metric}; the 95% interval comes from drawing whole {blocks} again and again."
        )
    return reader.say(template, **words, blocks=unit)


BLOCKS = {True: N_("sessions"), False: N_("stories")}  # what is resampled
