"""The curves of a training: loss by step, and the score at each epoch's end."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.locale import N_, P_
from core.tune.history import History
from core.tune.settings import CLASSIFY, LABELLED_PAIRS, TRIPLET, TuneSettings
from core.ui.charts import show
from core.ui.text import _
from core.ui.theme import palette

DRAWN = 60  # losses at most: each the mean of as many steps as that takes
_ENDED = {
    "done": N_("It ended after all epochs; epoch {best} was the best and was kept."),
    "early": N_("It ended early, as it did not get better any more; epoch {best} was the best and was kept."),
    "asked": N_("It was stopped by hand; epoch {best} was the best and was kept."),
}


def score_name(settings: TuneSettings) -> str:
    """Return the name of the score of the validation."""
    if settings.method == CLASSIFY or settings.loss in LABELLED_PAIRS:
        return _("Accuracy")
    return _("Gap of the cosines") if settings.method == TRIPLET else _("Spearman's correlation")


def ended(history: History) -> str:
    """Say how a training ended, "" where it has not."""
    return _(_ENDED[history.stopped], best=history.best_epoch) if history.stopped in _ENDED else ""


def curves(history: History, settings: TuneSettings, key: str) -> None:
    """Draw both, side by side."""
    left, right = st.columns(2, gap="medium")
    with left:
        _losses(history, key)
    with right:
        if history.points:
            _scores(history, settings, key)
        else:
            st.caption(_("The first score on the validation texts stands here after the first epoch."))


def _losses(history: History, key: str) -> None:
    colours = palette()
    steps, losses, size = means(history.losses)
    figure = go.Figure()
    figure.add_scatter(
        x=steps,
        y=losses,
        name=_("training"),
        mode="lines+markers" if len(steps) < 10 else "lines",
        line={"color": colours.muted, "width": 2},
    )
    figure.add_scatter(
        x=[point.step for point in history.points],
        y=[point.valid_loss for point in history.points],
        name=_("validation"),
        mode="lines+markers",
        line={"color": colours.accent, "width": 3},
        marker={"size": 9},
    )
    _best(figure, history)
    figure.update_xaxes(title=_("step"), rangemode="tozero")
    figure.update_yaxes(title=_("loss"), rangemode="tozero")
    note = _(
        P_(
            "training: each step; validation: at each epoch's end",
            "training: mean of {n} steps; validation: at each epoch's end",
        ),
        n=size,
    )
    show(figure, _("Loss"), f"chart-tune-loss-{key}", note, height=320)


def _scores(history: History, settings: TuneSettings, key: str) -> None:
    colours = palette()
    epochs = [point.epoch for point in history.points]
    figure = go.Figure()
    for name, values, colour in (
        (_("training"), [point.train_score for point in history.points], colours.muted),
        (_("validation"), [point.score for point in history.points], colours.accent),
    ):
        figure.add_scatter(
            x=epochs,
            y=values,
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 3 if colour == colours.accent else 2},
            marker={"size": 9},
        )
    kept = next((point for point in history.points if point.epoch == history.best_epoch), None)
    if kept is not None:
        figure.add_annotation(
            x=kept.epoch, y=kept.score, text=f"<b>{kept.score:.3f}</b>", showarrow=False, yshift=16
        )
    figure.update_xaxes(title=_("epoch"), dtick=1 if len(epochs) < 15 else None)
    figure.update_yaxes(title=score_name(settings))
    note = _("as many training texts as there are validation texts; the best epoch is printed")
    show(figure, _("Score by epoch"), f"chart-tune-score-{key}", note, height=320)


def _best(figure: go.Figure, history: History) -> None:
    kept = next((point for point in history.points if point.epoch == history.best_epoch), None)
    if kept is None:
        return
    colours = palette()
    figure.add_vline(x=kept.step, line_dash="dot", line_color=colours.muted)
    figure.add_annotation(
        x=kept.step,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=_("best epoch"),
        showarrow=False,
        font={"color": colours.muted},
    )


def means(losses: tuple[float, ...]) -> tuple[list[int], list[float], int]:
    """Return at most `DRAWN` means of neighbouring steps, the last step of each, and of how many each is."""
    size = max(-(-len(losses) // DRAWN), 1)
    parts = [losses[start : start + size] for start in range(0, len(losses), size)]
    ends = [min((number + 1) * size, len(losses)) for number in range(len(parts))]
    return ends, [sum(part) / len(part) for part in parts], size
