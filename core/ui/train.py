"""The train page's parts: the settings, the verdict in one sentence, the scores and their pictures."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.jobs import Report
from core.locale import N_
from core.train.bootstrap import Interval
from core.train.metrics import MAIN_METRIC, METRICS
from core.train.models import TITLES
from core.train.pipeline import train
from core.train.run import Run
from core.train.settings import TrainSettings, default_split
from core.train.store import delete_run, list_runs, save_run
from core.ui import jobs, state
from core.ui.text import TASKS, _, class_name, count, hover, md, percent, pooling_name, run_label, told
from core.ui.theme import palette, show

SPLIT_CHOICES = {
    "time": N_("by time: learn on earlier sessions, test on later ones"),
    "group": N_("by group: near-duplicates and one company's session stay on one side"),
    "random": N_("at random: shows what leakage does, not how good the model is"),
}
_AS_PERCENT = {"accuracy", "balanced_accuracy", "mae", "rmse"}


def model_name(name: str) -> str:
    """Return a model's or baseline's name for the reader."""
    return _(TITLES.get(name, name))


def metric_title(run: Run, metric: str) -> str:
    """Return a metric's name for the reader."""
    return _(next(m.title for m in METRICS[run.task] if m.name == metric))


def written(metric: str, score: Interval) -> str:
    """Write a score with its interval: 0.58 [0.49, 0.67]."""
    numbers = [score.value, score.low, score.high]
    if metric in _AS_PERCENT:
        places = 2 if metric in ("mae", "rmse") else 1
        numbers = [number * 100 for number in numbers]
        unit = "%"
    else:
        places, unit = 3, ""
    if not np.isfinite(numbers[0]):
        return "–"
    value, low, high = (
        "–" if not np.isfinite(n) else f"{n + 0.0:.{places}f}" for n in np.round(numbers, places)
    )
    return f"{value}{unit} [{low}, {high}]"


def settings_form(data: Dataset) -> TrainSettings | None:
    """Ask for the settings; return them once the user has pressed the button."""
    tasks = ["classify", "regress"] if data.target_kind == "return" else ["classify"]
    splits = ["time", "group", "random"] if data.has_sessions else ["group", "random"]
    with st.form("train"):
        left, right = st.columns(2)
        with left:
            task = st.radio(_("Predict"), tasks, format_func=lambda t: _(TASKS[t]))
            use_press = st.checkbox(_("Let the models see the press outlet"), value=bool(data.roles.press),
                                    disabled=not data.roles.press)  # fmt: skip
        with right:
            split = st.radio(_("Test"), splits, index=splits.index(default_split(data)),
                             format_func=lambda s: _(SPLIT_CHOICES[s]))  # fmt: skip
        with st.expander(_("More settings")):
            share = st.slider(_("Share held out for the test (%)"), 10, 50, 20, 5)
            horizon = st.number_input(
                _("Horizon (sessions)"), 1, 250, data.plan.target.horizon if data.plan else 1,
                help=_("How many sessions the target looks ahead. So many sessions before the test are left out of "
                       "training, since their outcomes were not known yet (purge)."))  # fmt: skip
            seed = st.number_input(_("Seed"), 0, 10_000, 0, help=_("The same seed gives the same run."))
        pressed = st.form_submit_button(_("Train the three models"), type="primary")
    if not pressed:
        return None
    try:
        return TrainSettings(task, split, share / 100, int(horizon), state.encoder(), state.pooling(), int(seed),
                             use_press)  # fmt: skip
    except UserError as error:
        st.error(told(error.message))
        return None


def start(data: Dataset, vectors: np.ndarray, settings: TrainSettings) -> None:
    """Queue a training."""

    def work(report: Report) -> dict[str, str]:
        run = train(data, vectors, settings, report)
        save_run(run)
        return {"run": run.id}

    subject = {"dataset": data.id, "settings": json.dumps(settings.as_dict(), sort_keys=True)}
    jobs.submit("train", subject, work)


def verdict(run: Run) -> None:
    """Say in one sentence how good the models are, and beside it what the table alone can do."""
    metric = MAIN_METRIC[run.task]
    score = run.scores["mean"].get(metric)
    if score is None:
        return
    chance = 0.5 if metric == "auc" else 0.0
    if run.settings.split == "random":
        sentence = N_("A random split shows what leakage does, not what the model knows: {name} {score}.")
    elif not np.isfinite(score.value):
        sentence = N_("The score is undefined: the test holds too few outcomes.")
    elif not np.isfinite(score.low):
        sentence = N_("The test is a single session, so the score has no interval: {name} {score}.")
    elif score.low > chance:
        sentence = N_("On {unseen} the ensemble is better than chance: {name} {score}.")
    elif score.high < chance:
        sentence = N_("On {unseen} the ensemble is worse than chance: {name} {score}.")
    else:
        sentence = N_("On {unseen} there is no evidence that the ensemble beats chance: {name} {score}.")
    words = {"name": metric_title(run, metric), "score": written(metric, score), "unseen": _unseen(run)}
    st.subheader(md(sentence, **words), anchor=False)
    _beside_the_table(run, metric)


def _beside_the_table(run: Run, metric: str) -> None:
    alone = run.baselines.get("table_only", {}).get(metric)
    if alone is None or run.settings.split == "random":
        return
    if run.scores["mean"][metric].value <= alone.value:
        sentence = N_(
            "The same models without the headlines reach {score}: the headlines did not raise the score."
        )
    else:
        sentence = N_(
            "The same models without the headlines reach {score}: only what lies above that can come from the headlines."
        )
    st.markdown(md(sentence, score=written(metric, alone)))


def reminder(run: Run) -> None:
    """Recall on another page how far the run can be believed."""
    metric = MAIN_METRIC[run.task]
    if run.settings.split == "random":
        st.warning(
            _("This run was split at random: its predictions look surer than they are."),
            icon=":material/warning:",
        )
    elif metric in run.scores["mean"]:
        st.caption(
            md("How far to believe it: {name} {score} on {unseen}.", name=metric_title(run, metric),
               score=written(metric, run.scores["mean"][metric]), unseen=_unseen(run))
        )  # fmt: skip


def _unseen(run: Run) -> str:
    if run.settings.split == "time":
        return _("{n:,} sessions that it never saw", n=run.split.test_sessions)
    return _("{n:,} rows of stories that it never saw", n=run.split.test_rows)


def warnings(run: Run) -> None:
    """Draw what a reader must know before believing the scores."""
    for warning in run.warnings:
        st.warning(told(warning), icon=":material/warning:")
    if run.classes and len(np.unique(run.test_predictions("mean").argmax(axis=1))) == 1:
        st.info(
            _("The ensemble gives all test rows the same class: read the AUC, not the accuracy."),
            icon=":material/info:",
        )


def split_line(run: Run) -> None:
    """Say in numbers what was trained on and what was held out."""
    s = run.split
    parts = [_("{n:,} rows to learn from", n=s.train_rows), _("{n:,} rows to test on", n=s.test_rows)]
    if s.test_sessions:
        parts.append(_("{a:,} + {b:,} sessions", a=s.train_sessions, b=s.test_sessions))
    if s.cut:
        parts.append(_("test from {date}", date=s.cut))
    if s.purged_rows:
        parts.append(_("{n:,} rows purged before the cut", n=s.purged_rows))
    if s.grouped_rows:
        parts.append(_("{n:,} rows left out whose story is in the test", n=s.grouped_rows))
    if s.left_out_rows:
        parts.append(_("{n:,} rows without outcome or session", n=s.left_out_rows))
    st.caption(" · ".join(parts))


def score_chart(run: Run) -> None:
    """Draw the main metric of every model and baseline with its interval."""
    metric = MAIN_METRIC[run.task]
    rows = [(n, s[metric]) for n, s in (run.scores | run.baselines).items() if metric in s]
    rows = [(n, s) for n, s in rows if np.isfinite(s.value)]
    if not rows:
        return
    colours = palette()
    figure = go.Figure()
    for name, score in rows:
        baseline = name in run.baselines
        figure.add_scatter(
            x=[score.value], y=[model_name(name)], mode="markers", showlegend=False,
            marker={"size": 12, "color": colours.muted if baseline else colours.accent,
                    "symbol": "diamond" if baseline else "circle"},
            error_x={"type": "data", "symmetric": False, "array": [score.high - score.value],
                     "arrayminus": [score.value - score.low], "thickness": 2},
            hovertemplate=f"{model_name(name)}: {written(metric, score)}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0.5 if metric == "auc" else 0.0, line_dash="dot", line_color=colours.muted)
    figure.update_yaxes(autorange="reversed").update_xaxes(title=metric_title(run, metric))
    blocks = _("sessions") if run.split.test_sessions else _("stories")
    note = _("n = {n:,} test rows; a mark is a model (diamond: baseline), its line the 95 % interval of a bootstrap "
             "over {blocks}; dotted: chance", n=run.split.test_rows, blocks=blocks)  # fmt: skip
    show(figure, _("How good, and how sure"), "chart-scores", note, height=320)


def score_table(run: Run) -> None:
    """Draw every metric of every model with its interval."""
    table = pd.DataFrame(
        {
            model_name(name): {metric_title(run, m): written(m, s) for m, s in scores.items()}
            for name, scores in (run.scores | run.baselines).items()
        }
    ).T
    table.index.name = _("model")
    st.dataframe(table)


def pictures(run: Run) -> None:
    """Draw ROC and confusion, or predicted against actual."""
    left, right = st.columns(2)
    if run.task == "regress":
        with left:
            _scatter(run)
        with right:
            _by_fifth(run)
        return
    with left:
        _roc(run)
    with right:
        _confusion(run)


def _roc(run: Run) -> None:
    from sklearn.metrics import roc_curve

    actual = run.predictions["actual"].to_numpy()
    target = len(run.classes) - 1
    if len(np.unique(actual == target)) < 2:
        st.info(_("A ROC curve needs both outcomes in the test."))
        return
    colours = palette()
    dashes = {"rf": "dash", "xgb": "dot", "lgbm": "dashdot", "mean": "solid"}
    figure = go.Figure()
    for name in run.scores:
        false, true, _cut = roc_curve(actual == target, run.test_predictions(name)[:, target])
        figure.add_scatter(
            x=false, y=true, mode="lines", name=model_name(name),
            line={"dash": dashes[name], "width": 3 if name == "mean" else 1.5,
                  "color": colours.accent if name == "mean" else colours.muted},
            hovertemplate="%{x:.2f}, %{y:.2f}<extra>" + model_name(name) + "</extra>",
        )  # fmt: skip
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": colours.grid},
                       showlegend=False, hoverinfo="skip")  # fmt: skip
    label = class_name(run.classes[target])
    figure.update_xaxes(title=_("false positive rate"), range=[0, 1])
    figure.update_yaxes(title=_("true positive rate"), range=[0, 1.01])
    note = _("n = {n:,} test rows; positive: {label}; the diagonal is chance", n=len(actual), label=label)
    show(figure, _("ROC curve"), "chart-roc", note)


def _confusion(run: Run) -> None:
    actual = run.predictions["actual"].to_numpy(int)
    guess = run.test_predictions("mean").argmax(axis=1)
    k = len(run.classes)
    counts = np.bincount(actual * k + guess, minlength=k * k).reshape(k, k)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [hover(class_name(name)) for name in run.classes]
    text = [[f"{count(counts[i, j])}<br>{percent(share[i, j])}" for j in range(k)] for i in range(k)]
    colours = palette()
    figure = go.Figure(
        go.Heatmap(z=share, x=names, y=names, text=text, texttemplate="%{text}", showscale=False, zmin=0, zmax=1,
                   colorscale=[[0, "rgba(15,118,110,0.05)"], [1, "rgba(15,118,110,0.75)"]], xgap=2, ygap=2,
                   hovertemplate="%{y} → %{x}: %{text}<extra></extra>", textfont={"color": colours.text})
    )  # fmt: skip
    figure.update_xaxes(title=_("predicted"), type="category")
    figure.update_yaxes(title=_("what happened"), autorange="reversed", type="category")
    note = _("n = {n:,} test rows, ensemble; percentages of each row", n=len(actual))
    show(figure, _("Confusion"), "chart-confusion", note)


def _scatter(run: Run) -> None:
    actual = run.predictions["actual"].to_numpy() * 100
    predicted = run.test_predictions("mean") * 100
    colours = palette()
    points = go.Scattergl(x=predicted, y=actual, mode="markers",
                          marker={"size": 5, "opacity": 0.5,
                                  "color": np.where(actual > 0, colours.high, colours.low)},
                          hovertemplate=_("predicted") + " %{x:+.2f}%<br>" + _("actual") + " %{y:+.2f}%<extra></extra>")  # fmt: skip
    figure = go.Figure(points)
    figure.update_xaxes(title=_("predicted return (%)")).update_yaxes(title=_("actual return (%)"))
    note = _("n = {n:,} test rows, ensemble; a mark is one headline", n=len(actual))
    show(figure, _("Predicted against actual"), "chart-scatter", note)


def _by_fifth(run: Run) -> None:
    actual = run.predictions["actual"].to_numpy() * 100
    rank = pd.Series(run.test_predictions("mean")).rank(method="first", pct=True)
    fifth = np.minimum((rank * 5).astype(int), 4)
    means = pd.Series(actual).groupby(fifth.to_numpy()).agg(["mean", "size"])
    colours = palette()
    bars = go.Bar(x=[_("{n} of 5", n=i + 1) for i in means.index], y=means["mean"],
                  marker_color=np.where(means["mean"] > 0, colours.high, colours.low),
                  customdata=means["size"], hovertemplate="%{y:+.2f}% (n = %{customdata:,})<extra></extra>")  # fmt: skip
    figure = go.Figure(bars)
    figure.update_xaxes(title=_("fifth by predicted return, low to high"), type="category")
    figure.update_yaxes(title=_("mean actual return (%)"))
    note = _("n = {n:,} test rows; were the prediction useful, the bars would rise", n=len(actual))
    show(figure, _("Mean return by fifth of the prediction"), "chart-fifths", note)


def run_list(data: Dataset) -> None:
    """List the dataset's runs: open one, or delete it."""
    runs = list_runs(data.id)
    if not runs:
        st.caption(_("No runs yet."))
        return
    rows = []
    for run in runs:
        metric = MAIN_METRIC[run.task]
        rows.append({
            _("run"): run_label(run), _("encoder"): run.settings.encoder.rsplit("/", 1)[-1],
            _("pooling"): pooling_name(run.settings.pooling), _("score"): written(metric, run.scores["mean"][metric]),
        })  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    by_id = {run.id: run for run in runs}
    chosen = state.chosen("run")
    ids = list(by_id)

    picked = st.selectbox(
        _("Run"),
        ids,
        index=ids.index(chosen) if chosen in ids else 0,
        format_func=lambda i: f"{run_label(by_id[i])} · {i[:6]}",
    )
    with st.container(horizontal=True):
        if st.button(_("Open"), key="open-run", disabled=picked == chosen):
            settings = by_id[picked].settings
            state.choose(run=picked, encoder=settings.encoder, pooling=settings.pooling)
            st.rerun()
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(_("The run and its models are removed from the workspace."))
            if st.button(_("Delete it"), key="delete-run", type="primary"):
                _delete(picked)
                if picked == chosen:
                    state.choose(run="")
                st.rerun()


def _delete(run_id: str) -> None:
    try:
        delete_run(run_id)
    except UserError as error:
        st.session_state["notice"] = error.message
