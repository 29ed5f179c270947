"""The grid on the page: what to combine, what that costs, how far it is, and what has become of each run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from core.compare.cluster import cluster_address
from core.compare.grid import Cost, GridSettings, SavedGrid, plan_grid, run_grid, saved_grid
from core.compare.grid.record import DONE, FAILED, REUSED, RUNNING, WAITING, Step
from core.compare.mlflow_mirror import mirror_in_job
from core.data.dataset import Dataset
from core.data.library import load_dataset
from core.embed import POOLINGS, cards
from core.errors import UserError
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.evaluate.settings import default_unit
from core.jobs import Report, queue
from core.locale import N_, P_
from core.train.models.registry import MODELS
from core.train.run import Run
from core.train.runs import load_run
from core.train.settings import ALL, FEATURES, TrainSettings
from core.train.splits.registry import SPLITS, default_split
from core.ui import jobs, state
from core.ui.compare.shown import Shown
from core.ui.evaluate.text import metric_title, written
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, duration, md, plain, pooling_name, task_name, translate_md, when_made

MOST_SEEDS = 20
FOLDS, FEWEST_SESSIONS = 5, 40  # as the train page begins
_STATES = {
    WAITING: ("…", N_("waiting")),
    RUNNING: ("▶", N_("at work")),
    DONE: ("✓", N_("done")),
    REUSED: ("✓", N_("there before")),
    FAILED: ("✕", N_("failed")),
}


def grid(shown: Shown) -> None:
    """Ask what is to be combined, say what it costs, begin it, and show each run of the last grid."""
    data = shown.data
    running = jobs.panel("grid", dataset=data.id)
    settings = _form(shown, running)
    if settings is not None:
        _begin(data, settings)
    _progress(data.id, 2.0 if running else None)


def _form(shown: Shown, running: bool) -> GridSettings | None:
    """Ask for the grid; return it once the user has pressed the button."""
    names = {card.id: card.name for card in cards() if card.available}
    st.markdown(
        _(
            "Every encoder is combined with every pooling, feature set and seed; each run fits all the models. What was run "
            "before with the same settings is not run again."
        )
    )
    base = _base(shown)
    first, second = st.columns(2, gap="medium")
    with first:
        encoders = st.multiselect(
            _("Encoders on this machine"),
            list(names),
            default=[name for name in names if name == state.encoder()],
            format_func=lambda encoder: names[encoder],
            key="grid-encoders",
            persist_state="session",
        )
        poolings = st.multiselect(
            _("Poolings"),
            list(POOLINGS),
            default=list(POOLINGS),
            format_func=pooling_name,
            key="grid-poolings",
            persist_state="session",
        )
    with second:
        features = st.multiselect(
            _("What the models see"),
            list(FEATURES),
            default=list(FEATURES),
            format_func=lambda each: _(FEATURES[each]),
            key="grid-features",
            persist_state="session",
        )
        models = st.multiselect(
            _("Models"),
            list(MODELS),
            default=list(MODELS),
            format_func=lambda model: _(MODELS[model].entry.title),
            key="grid-models",
            persist_state="session",
        )
    seeds = st.number_input(
        _("Seeds"),
        1,
        MOST_SEEDS,
        1,
        width=200,
        key="grid-seeds",
        help=_("How often each combination is run, each time with other random numbers."),
        persist_state="session",
    )
    try:
        if not models:
            raise UserError(N_("The grid has no {list}: choose at least one."), list="models")
        settings = GridSettings(
            base, tuple(encoders), tuple(poolings), tuple(features), tuple(models), tuple(range(int(seeds)))
        )
        found = _cost(shown.data, shown.data.id, settings, len(shown.runs))
        cluster = cluster_address("")
    except UserError as error:
        st.error(translate_md(error.message))
        return None
    st.markdown(translate_md(found.sentence))
    if cluster:
        st.caption(md("The workers of the cluster {address} do the work.", address=cluster))
    pressed = st.button(
        _("Run the grid"), type="primary", disabled=running or not found.runs, icon=":material/grid_on:"
    )
    return settings if pressed else None


def _base(shown: Shown) -> TrainSettings:
    """Ask which run the other settings are those of; where there is none they are the train page's first ones."""
    runs: dict[TrainSettings, Run] = {}
    whole = [
        run for run in shown.runs if run.settings.features == ALL
    ]  # the others lack settings of what they lack
    for run in whole or shown.runs:
        same = replace(run.settings, encoder="", pooling=TrainSettings.pooling, seed=0, models=())
        runs.setdefault(replace(same, features=ALL, tune_seconds=0), run)
    if not runs:
        return _defaults(shown.data)
    chosen = st.selectbox(
        _("All other settings as in"),
        list(runs),
        format_func=lambda settings: _label(runs[settings]),
        help=_(
            "What is predicted, how it is tested and how the models learn: the same for every run of the grid."
        ),
        key="grid-base",
    )
    return chosen or next(iter(runs))


def _label(run: Run) -> str:
    folds = _(P_("{n} fold", "{n} folds"), n=run.settings.folds)
    return " · ".join((task_name(run.task, run.classes), _(run.rule.short), folds, when_made(run.created)))


def _defaults(data: Dataset) -> TrainSettings:
    split = default_split(data)
    walks = SPLITS[split].ordered and data.sessions >= FEWEST_SESSIONS
    return TrainSettings(
        task="regress" if data.target_kind == "return" else "classify",
        split=split,
        folds=FOLDS if walks else 0,
        unit=default_unit(data),
        horizon=data.horizon,
        use_press=bool(data.roles.press),
    )


@st.cache_data(ttl=10, max_entries=16, show_spinner=False)
def _cost(_data: Dataset, dataset: str, settings: GridSettings, runs: int) -> Cost:
    """Return what a grid costs; asked for again where another run is there."""
    return plan_grid(_data, settings).cost


def _begin(data: Dataset, settings: GridSettings) -> None:
    """Queue a grid, and show what came of the work when it has ended."""
    dataset_id = data.id

    def work(report: Report) -> dict[str, Any]:
        made = run_grid(load_dataset(dataset_id), settings, report)
        return {"grid": made.id} | mirror_in_job(map(load_run, made.made))

    size = len(data) * len(settings.runs()) * (settings.base.folds + 1)
    jobs.submit("grid", {"dataset": dataset_id, "grid": settings.id(dataset_id)}, work, size)


def _progress(dataset_id: str, seconds: float | None) -> None:
    """Draw the runs of the last grid, anew every few seconds while it is at work."""

    @st.fragment(run_every=seconds)
    def drawn() -> None:
        found = saved_grid(dataset_id)
        if found is not None:
            _steps(found)

    drawn()


def _steps(found: SavedGrid) -> None:
    at_work = any(job.kind == "grid" and job.subject.get("grid") == found.id for job in queue().active())
    total = len(found.steps)
    st.markdown(
        _(
            P_(
                "{done:,} of {n:,} run of this grid is there.",
                "{done:,} of {n:,} runs of this grid are there.",
            ),
            done=total - found.unfinished,
            n=total,
        )
    )
    shown = pd.DataFrame([_row(step, at_work) for step in found.steps])
    if not shown[_("why not")].any():
        shown = shown.drop(columns=_("why not"))
    table(shown, "grid-runs", _("Runs of the grid"), rows=12)
    if found.unfinished and not at_work and st.button(_("Go on with this grid"), icon=":material/resume:"):
        _begin(load_dataset(found.dataset), found.settings)


def _row(step: Step, at_work: bool) -> dict[str, str]:
    settings = step.settings
    current = WAITING if step.state == RUNNING and not at_work else step.state
    mark, word = _STATES[current]
    return {
        _("state"): f"{mark} {_(word)}",
        _("encoder"): settings.encoder.rsplit("/", 1)[-1] or UNKNOWN,
        _("pooling"): pooling_name(settings.pooling) if settings.reads_headline else UNKNOWN,
        _("features"): _(FEATURES[settings.features]),
        _("seed"): str(settings.seed),
        _("mean of the models"): _score(step.run),
        _("time"): duration(step.seconds) if step.seconds else UNKNOWN,
        _("why not"): plain(step.reason) if step.reason else "",
    }


def _score(run_id: str) -> str:
    if not run_id:
        return UNKNOWN
    try:
        run = state.run(run_id)
    except UserError:
        return UNKNOWN  # deleted since
    metric = main_metric(run.task).name
    return f"{metric_title(run, metric)} {written(metric, run.scores[MEAN][metric], run.believable)}"
