"""How alike texts of one class and of different classes are, before and after, and which neighbours changed."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.tune.judge.geometry import Geometry, Similarity
from core.tune.pipeline import GEOMETRY
from core.tune.record import Tuned
from core.tune.tuned import load_part
from core.ui.charts import show
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, class_name, hover, percent
from core.ui.theme import palette
from core.ui.tune.hero import written_parts

BARS = 40  # of a histogram, at most


def geometry_of(tuned: Tuned) -> Geometry | None:
    """Return where the test texts lie; None where that was not recorded."""
    found = load_part(tuned.id, GEOMETRY)
    return Geometry.from_dict(found) if found else None


def similarity(tuned: Tuned) -> None:
    """Draw the cosines before and after: two histograms, and a matrix of the classes each."""
    found = geometry_of(tuned)
    if found is None:
        st.caption(_("There are no similarities on record for this encoder."))
        return
    _sentence(tuned)
    reach = _reach(found)
    for column, one, name, key in _sides(found):
        with column:
            _histogram(found, one, name, key, reach, tuned.data.pairs)
    if found.before.matrix:
        for column, one, name, key in _sides(found):
            with column:
                _matrix(found, one, name, key)


def neighbours(tuned: Tuned) -> None:
    """Say which share of the neighbours changed, and list texts whose nearest text is another one now."""
    found = geometry_of(tuned)
    if found is None:
        st.caption(_("There are no similarities on record for this encoder."))
        return
    st.markdown(
        _(
            "Of the {k} nearest texts of a test text, {share} are others than before.",
            share=percent(found.neighbours_changed),
            k=found.neighbours,
        )
    )
    if found.before.agreeing is not None and found.after.agreeing is not None:
        st.markdown(
            _(
                "Of the nearest texts, {before} had the text's own class before, and {after} have it now.",
                before=percent(found.before.agreeing),
                after=percent(found.after.agreeing),
            )
        )
    rows = [
        {
            _("text"): _with_class(each.text, each.label),
            _("nearest before"): _with_class(each.old, each.old_label),
            _("nearest now"): _with_class(each.new, each.new_label),
        }
        for each in found.changed
    ]
    if rows:
        table(
            pd.DataFrame(rows),
            "tune-neighbours",
            _("Texts whose nearest text changed, drawn at random"),
        )


def _sides(found: Geometry):  # type: ignore[no-untyped-def]
    left, right = st.columns(2, gap="medium")
    return (left, found.before, _("before"), "before"), (right, found.after, _("after"), "after")


def _sentence(tuned: Tuned) -> None:
    judged = tuned.judged
    metric = judged.metric_of("cosine_gap")
    before, after = (
        " ".join(written_parts(metric, side["cosine_gap"])) for side in (judged.before, judged.after)
    )
    st.markdown(
        _("{metric}: {before} before, {after} now.", metric=_(metric.title), before=before, after=after)
    )
    alike = judged.after["mean_cosine"].value
    if judged.collapsed:
        st.warning(
            _(
                "Collapse: the mean cosine of all texts is {alike:.3f}, so the encoder hardly tells any two texts apart.",
                alike=alike,
            )
        )
    st.caption(
        _(
            "All of test texts, which the training never saw. On its own texts these numbers would flatter: those were "
            "moved on purpose. Mean cosine of all texts: {before:.3f} before, {alike:.3f} now.",
            before=judged.before["mean_cosine"].value,
            alike=alike,
        )
    )


def _reach(found: Geometry) -> tuple[int, int, int]:
    """Return the first and the last of the bins that hold anything, and how many of them make a bar, for both sides."""
    sides = [side for one in (found.before, found.after) for side in (one.within, one.between)]
    held = [number for number, counts in enumerate(zip(*sides, strict=True)) if any(counts)] or [0]
    first, last = held[0], held[-1] + 1
    return first, last, max(-(-(last - first) // BARS), 1)


def _histogram(
    found: Geometry, one: Similarity, name: str, key: str, reach: tuple[int, int, int], pairs: bool
) -> None:
    colours = palette()
    figure = go.Figure()
    first, last, size = reach
    starts = range(first, last, size)
    ends = [found.edges[min(start + size, len(found.edges) - 1)] for start in starts]
    middles = [(found.edges[start] + end) / 2 for start, end in zip(starts, ends, strict=True)]
    own, other = (
        (_("belong together"), _("do not")) if pairs else (_("of one class"), _("of different classes"))
    )
    for counts, label, colour in ((one.between, other, colours.muted), (one.within, own, colours.accent)):
        total = max(sum(counts), 1)
        figure.add_bar(
            x=middles,
            y=[sum(counts[start : start + size]) / total for start in starts],
            name=label,
            marker={"color": colour, "line": {"width": 0}},
            opacity=0.65,
            hovertemplate="%{x:.2f}: %{y:.1%}<extra>" + label + "</extra>",
        )
    figure.update_layout(barmode="overlay", bargap=0)
    figure.update_xaxes(title=_("cosine of two texts"), range=[found.edges[first], ends[-1]])
    figure.update_yaxes(title=_("share of the pairs"), tickformat=".0%")
    title = _("Cosines {when}", when=name)
    show(figure, title, f"chart-tune-cosines-{key}", _("n = {n:,} texts, each pair once", n=found.texts), 320)


def _matrix(found: Geometry, one: Similarity, name: str, key: str) -> None:
    names = [hover(class_name(label), 16) for label in found.classes]
    values = [v for side in (found.before, found.after) for row in side.matrix for v in row if v is not None]
    figure = go.Figure(
        go.Heatmap(
            z=one.matrix,
            x=names,
            y=names,
            zmin=min(values),
            zmax=max(values),
            colorscale=palette().shares,
            text=[[UNKNOWN if v is None else f"{v:.3f}" for v in row] for row in one.matrix],
            texttemplate="%{text}",
            textfont={"size": 15, "color": palette().text},
            hovertemplate="%{y} – %{x}: %{text}<extra></extra>",
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    figure.update_xaxes(type="category", showgrid=False)
    title = _("Mean cosine of two classes, {when}", when=name)
    note = _("one colour scale for both; the diagonal is within a class")
    show(figure, title, f"chart-tune-matrix-{key}", note, 200 + 46 * len(names))


def _with_class(text: str, label: str) -> str:
    return f"[{class_name(label)}] {text}" if label else text
