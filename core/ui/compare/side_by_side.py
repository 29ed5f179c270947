"""Up to five runs side by side: settings that differ first, then scores, curves, time, sizes, versions and two maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from core.compare.side_by_side import (
    MOST,
    SETTINGS,
    STAGES,
    Line,
    Value,
    caution,
    fact_lines,
    model_lines,
    score_lines,
    settings_lines,
    size_lines,
    time_lines,
    version_lines,
)
from core.embed import POOLINGS
from core.evaluate.bootstrap import Interval
from core.evaluate.metrics import main_metric
from core.evaluate.settings import UNITS
from core.locale import N_
from core.train.features.registry import EXTRAS
from core.train.models.registry import MODELS
from core.train.run import Run
from core.train.settings import CALIBRATIONS, FEATURES, WEIGHTINGS
from core.train.splits.splitters import WINDOWS
from core.ui.compare.curves import calibration_curves, fold_scores
from core.ui.compare.shown import Shown
from core.ui.compare.two_maps import two_maps
from core.ui.evaluate.text import metric_title, model_name, written
from core.ui.evaluate.verdict import written_lift
from core.ui.tables import table
from core.ui.text import (
    UNKNOWN,
    _,
    bold,
    count,
    encoder_name,
    fixed,
    md,
    percent,
    run_label,
    task_name,
    translate_md,
)

LETTERS = "ABCDE"
_LIFT = "lift"  # a line beside those of the metrics
CLASS_WEIGHTS = {"none": N_("none"), "balanced": N_("every class the same")}
_NAMES = 120  # pixels of the column that names the lines
_FIRST = 3  # runs that are chosen at first


def side_by_side(shown: Shown) -> None:
    """Let the reader choose from two to five runs, and draw them side by side."""
    by_id = {run.id: run for run in shown.runs}
    if len(by_id) < 2:
        st.info(
            _(
                "Side by side needs two runs of this table: train a second one with another encoder or other settings."
            ),
            icon=":material/view_column:",
        )
        return
    chosen = st.multiselect(
        _("Runs side by side (up to {most})", most=MOST),
        list(by_id),
        default=list(by_id)[:_FIRST],
        max_selections=MOST,
        format_func=lambda run_id: (
            f"{run_label(by_id[run_id])} · {encoder_name(by_id[run_id])} · {run_id[:6]}"
        ),
        key=f"beside-runs-{shown.data.id}",
        persist_state="session",
    )
    runs = [by_id[run_id] for run_id in chosen if run_id in by_id]
    if len(runs) < 2:
        st.caption(_("Choose two runs or more."))
        return
    named = dict(zip(LETTERS, runs, strict=False))
    _legend(named)
    _settings(named)
    if doubt := caution(runs):
        st.warning(translate_md(doubt), icon=":material/balance:")
    _scores(named)
    _curves(shown, named)
    _more(named)
    two_maps(shown.data, named)


def _legend(named: dict[str, Run]) -> None:
    lines = [
        md("**{letter}** {run} · {encoder}", letter=letter, run=run_label(run), encoder=encoder_name(run))
        for letter, run in named.items()
    ]
    st.markdown("  \n".join(lines))


def _settings(named: dict[str, Run]) -> None:
    lines = settings_lines(list(named.values()))
    differing = [line for line in lines if line.differs]
    if not differing:
        st.markdown(bold(_("The runs have the same settings.")))
    else:
        _lines(named, differing, "differing", _("Settings that differ"), _setting_name, _setting)
    same = [line for line in lines if not line.differs]
    if same:
        with st.expander(_("Settings that are the same")):
            _lines(named, same, "same", _("Settings that are the same"), _setting_name, _setting, rows=24)


def _scores(named: dict[str, Run]) -> None:
    runs = list(named.values())
    lines = [Line(_LIFT, tuple(" ".join(written_lift(run.lift)) if run.lift else None for run in runs))]
    if len({run.task for run in runs}) == 1:
        lines = score_lines(runs) + lines

    def name(line: str) -> str:
        return _("what the headlines add") if line == _LIFT else metric_title(runs[0], line)

    _lines(named, lines, "scores", _("Scores of the ensemble"), name, _score)
    with st.expander(_("Every model and baseline")):
        lines = model_lines(runs)
        titles = dict.fromkeys(metric_title(run, main_metric(run.task).name) for run in runs)
        _lines(named, lines, "models", " / ".join(titles), model_name, _main_score, rows=20)


def _curves(shown: Shown, named: dict[str, Run]) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        fold_scores(shown.data, named)
    with right:
        calibration_curves(shown.data, named)


def _more(named: dict[str, Run]) -> None:
    runs = list(named.values())
    with st.expander(_("Time, sizes, data and versions")):
        _lines(named, time_lines(runs), "time", _("Seconds"), _stage, _seconds, rows=20)
        _lines(named, size_lines(runs), "sizes", _("Trees or rounds"), model_name, _plain)
        _lines(named, fact_lines(runs), "facts", _("What each run is of"), _, _plain)
        if versions := version_lines(runs):
            _lines(named, versions, "versions", _("Versions of the packages"), str, _plain, rows=12)
        else:
            st.caption(_("These runs were made before the versions of the packages were kept."))


def _lines(
    named: dict[str, Run],
    lines: Sequence[Line],
    key: str,
    title: str,
    name: Callable[[str], str],
    write: Callable[[Run, str, Value], str],
    rows: int = 12,
) -> None:
    """Draw lines as a table, a column a run; CSV and XLSX have the same."""
    columns = {"": [name(line.name) for line in lines]}
    for place, (letter, run) in enumerate(named.items()):
        columns[letter] = [write(run, line.name, line.values[place]) for line in lines]
    table(
        pd.DataFrame(columns),
        f"beside-{key}",
        title,
        rows=rows,
        column_config={"": st.column_config.TextColumn(width=_NAMES)},
    )


def _setting_name(name: str) -> str:
    return _(SETTINGS[name])


def _setting(run: Run, name: str, value: Value) -> str:
    """Write a setting in words."""
    if value is None:
        return UNKNOWN
    if name == "task":
        return task_name(run.task, run.classes)
    if name == "split":
        return _(run.rule.short)
    words = {
        "features": FEATURES,
        "window": WINDOWS,
        "unit": UNITS,
        "weighting": WEIGHTINGS,
        "calibrate": CALIBRATIONS,
        "pooling": {key: pooling.short for key, pooling in POOLINGS.items()},
        "class_weight": CLASS_WEIGHTS,
    }.get(name, {})
    if str(value) in words:
        return _(words[str(value)])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(_item(one) for one in value) or UNKNOWN
    if name in ("test_share", "winsor") and isinstance(value, float):
        return percent(value, 1 if name == "winsor" else 0)
    return str(value) or UNKNOWN


def _item(key: str) -> str:
    if key in MODELS:
        return model_name(key)
    return _(EXTRAS[key].title) if key in EXTRAS else key


def _score(run: Run, name: str, value: Value) -> str:
    if name == _LIFT:
        return _plain(run, name, value)
    return written(name, value, run.believable) if isinstance(value, Interval) else UNKNOWN


def _main_score(run: Run, _name: str, value: Value) -> str:
    return _score(run, main_metric(run.task).name, value)


def _stage(name: str) -> str:
    if name == "total":
        return _("all stages")
    return _(STAGES[name]) if name in STAGES else model_name(name)


def _seconds(_run: Run, _name: str, value: Value) -> str:
    return fixed(value, 1) if isinstance(value, float) else UNKNOWN


def _plain(_run: Run, _name: str, value: Value) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    return UNKNOWN if value in (None, "") else str(value)
