"""The report's end: its limits, and an appendix from which another analyst can repeat it."""

from __future__ import annotations

import json

import pandas as pd

from core.compare.report.blocks import Block, Code, Grid, Heading, Points, Section, Text
from core.compare.report.command import command, not_in_command
from core.compare.report.content import ReportContent
from core.compare.report.reader import Reader
from core.errors import Message
from core.evaluate.metrics import METRICS, shown
from core.evaluate.written import UNKNOWN, count
from core.locale import N_, P_
from core.train.run import Run
from core.train.seen import cautions_of

_LONGEST_PLAN = 20_000  # characters
_LONGEST = 30  # test accesses that are listed


def limits(content: ReportContent, reader: Reader) -> Section:
    """Return the run's cautions, and what no such report can show."""
    run = content.run
    blocks: list[Block] = []
    said = cautions(run, reader)
    if said:
        blocks += [Heading(reader.say(N_("Cautions about this run"))), Points(tuple(said))]
    blocks += [Heading(reader.say(N_("What this does not show"))), Points(tuple(_not_shown(content, reader)))]
    return Section("limits", reader.say(N_("Limits")), tuple(blocks))


def cautions(run: Run, reader: Reader) -> list[str]:
    """Return what has to be known before the scores are believed, the gravest first, each once."""
    said = []
    if run.withheld:
        why = Message(N_("No verdict is given: {why}."), {"why": Message(run.withheld)})
        said.append(reader.text(why))
    said += [reader.text(warning) for warning in (*run.warnings, *cautions_of(run.seen))]
    if run.scored_by_walk:
        said.append(
            reader.say(
                N_(
                    "The holdout ({n:,} rows) is sealed: no score, prediction or example of it is in this report."
                ),
                n=run.split.test_rows,
            )
        )
    return list(dict.fromkeys(said))


def _not_shown(content: ReportContent, reader: Reader) -> list[str]:
    data = content.data
    said = [
        reader.say(
            N_(
                "That it lasts: the test is the past, and what was found there may end, all the more once others trade on it."
            )
        ),
        reader.say(N_("That it pays: scores know no costs, no spread and no size of a position.")),
        reader.say(N_("Causes: the models find what goes together, and so do their reasons.")),
    ]
    if data.has_sessions:
        said.append(
            reader.say(
                N_("Other times: the table ends on {last}."), last=f"{data.frame['session'].max():%Y-%m-%d}"
            )
        )
    companies = data.frame["company"].nunique()
    if data.roles.group:
        said.append(
            reader.say(
                P_(
                    "Other companies: {n:,} stands in the table.",
                    "Other companies: {n:,} stand in the table.",
                ),
                n=companies,
            )
        )
    return said


def appendix(content: ReportContent, reader: Reader) -> Section:
    """Return all that is needed to repeat the run."""
    run = content.run
    blocks: list[Block] = [
        Grid("identity", reader.say(N_("What was made of what")), _identity(content, reader)),
        Grid("split", reader.say(N_("What was learned from, and tested on")), split_frame(run, reader)),
        Grid("settings", reader.say(N_("Settings")), settings_frame(run, reader), shown=False),
        Heading(reader.say(N_("Settings"))),
        Code(json.dumps(run.settings.as_dict(), ensure_ascii=False)),
    ]
    if run.versions:
        frame = pd.DataFrame(
            {
                reader.say(N_("package")): list(run.versions),
                reader.say(N_("version")): list(run.versions.values()),
            }
        )
        blocks.append(Grid("versions", reader.say(N_("Package versions")), frame))
    else:
        blocks.append(
            Text(reader.say(N_("The run is of an earlier version, which did not note the packages.")))
        )
    blocks += _ledger(content, reader)
    blocks += [Heading(reader.say(N_("Repeat it"))), *repeat(content, reader)]
    plan = content.plan
    if len(plan) <= _LONGEST_PLAN:
        blocks += [Heading(reader.say(N_("The plan of the table (plan.json)"))), Code(plan)]
    return Section("appendix", reader.say(N_("Appendix: how to repeat it")), tuple(blocks))


def repeat(content: ReportContent, reader: Reader) -> list[Block]:
    """Return the shell command that trains the run again, and what it does not say."""
    blocks: list[Block] = [
        Text(
            reader.say(
                N_(
                    "With the table's file, its plan (below, saved as plan.json) and the same packages, this command trains the "
                    "run again. It counts as a further test of the same rows."
                )
            )
        ),
        Code(command(content.run, content.data)),
    ]
    rest = not_in_command(content.run)
    if rest:
        named = ", ".join(f"{name} = {value}" for name, value in rest.items())
        blocks.append(
            Text(
                reader.say(
                    N_("The command has no flag for these settings; set them in the app: {named}."),
                    named=named,
                )
            )
        )
    return blocks


def _identity(content: ReportContent, reader: Reader) -> pd.DataFrame:
    run = content.run
    facts = {
        reader.say(N_("run")): run.id,
        reader.say(N_("trained (UTC)")): run.created[:19].replace("T", " "),
        reader.say(N_("dataset")): run.dataset_id,
        reader.say(N_("file")): run.dataset_name,
        reader.say(N_("encoder")): run.settings.encoder or UNKNOWN,
        reader.say(N_("seed")): str(run.settings.seed),
        reader.say(N_("signature of the holdout")): run.holdout or UNKNOWN,
        reader.say(N_("seconds by stage")): ", ".join(
            f"{name} {value:.1f}" for name, value in run.seconds.items()
        ),
        reader.say(N_("sizes of the models")): ", ".join(
            f"{name} {count(size)}" for name, size in run.sizes.items()
        ),
        reader.say(N_("report made (UTC)")): content.made[:19].replace("T", " "),
    }
    return pd.DataFrame({reader.say(N_("what")): list(facts), reader.say(N_("value")): list(facts.values())})


def settings_frame(run: Run, reader: Reader) -> pd.DataFrame:
    """Return the settings by their names in the command line and the records."""
    values = run.settings.as_dict()
    return pd.DataFrame(
        {
            reader.say(N_("setting")): list(values),
            reader.say(N_("value")): [json.dumps(value, ensure_ascii=False) for value in values.values()],
        }
    )


def split_frame(run: Run, reader: Reader) -> pd.DataFrame:
    """Return the tests in order of time, the holdout last: their dates, rows and sessions."""
    split = run.split
    lines = [
        {
            reader.say(N_("test")): reader.say(N_("walk-forward {n}"), n=number),
            reader.say(N_("first session")): fold.first,
            reader.say(N_("last session")): fold.last,
            reader.say(N_("rows learned from")): count(fold.train_rows),
            reader.say(N_("rows tested")): count(fold.test_rows),
            reader.say(N_("sessions tested")): count(fold.test_sessions),
        }
        for number, fold in enumerate(run.walk.folds if run.walk else (), 1)
    ]
    sealed = run.settings.sealed
    lines.append(
        {
            reader.say(N_("test")): reader.say(N_("holdout (sealed)"))
            if sealed
            else reader.say(N_("holdout")),
            reader.say(N_("first session")): split.cut or UNKNOWN,
            reader.say(N_("last session")): UNKNOWN,
            reader.say(N_("rows learned from")): count(split.train_rows),
            reader.say(N_("rows tested")): count(split.test_rows),
            reader.say(N_("sessions tested")): count(split.test_sessions) if split.test_sessions else UNKNOWN,
        }
    )
    return pd.DataFrame(lines)


def _ledger(content: ReportContent, reader: Reader) -> list[Block]:
    """Return how often the holdout was tested, and what that takes off the best score."""
    run = content.run
    blocks: list[Block] = []
    if content.deflated is not None and content.deflated.accesses < 2:  # more stand beside the score
        blocks.append(Text(reader.text(content.deflated.sentence(len(run.classes)))))
    elif run.scored_by_walk:
        blocks.append(Text(reader.say(N_("This holdout has not been tested yet."))))
    rows = [
        {
            reader.say(N_("run")): entry.run_id[:6],
            reader.say(N_("metric")): reader.metric(run, entry.metric)
            if entry.metric in METRICS
            else UNKNOWN,
            reader.say(N_("score")): UNKNOWN
            if entry.value is None or entry.metric not in METRICS
            else shown(METRICS[entry.metric], entry.value),
            reader.say(N_("time (UTC)")): entry.time[:16].replace("T", " "),
        }
        for entry in content.accesses[: -_LONGEST - 1 : -1]
    ]
    if rows:
        title = reader.say(N_("Every test access, the latest first"))
        blocks.append(Grid("accesses", title, pd.DataFrame(rows)))
    return [Heading(reader.say(N_("Test accesses"))), *blocks] if blocks else []
