"""The board as a table, and the jobs that measure what it lacks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.compare.figures import CALIBRATION, Costs, Figures
from core.compare.leaderboard import Leaderboard, Place
from core.compare.names import encoder_name
from core.compare.pairwise import VERDICTS
from core.compare.speed import measure_speeds, saved_speed
from core.embed import vectors_if_stored
from core.errors import UserError
from core.evaluate.lift_text import STATES, state
from core.jobs import Report, part
from core.locale import N_, P_
from core.predict.finance_words.flip_score import FEW
from core.predict.finance_words.flip_test import REFITS, flip_test, require_direction, saved_flip_test
from core.train.run import Run
from core.train.run_notes import notes_of
from core.train.settings import FEATURES
from core.ui import jobs
from core.ui.evaluate.text import ends_of, metric_title, model_name, share
from core.ui.evaluate.verdict import written_lift
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, duration, percent, pooling_name


def board_table(board: Leaderboard, places: list[Place], found: dict[str, Figures]) -> None:
    """Draw these places as a table that can be sorted, with CSV and XLSX of all that is known."""
    rows = [_row(board, place, found[place.candidate.key]) for place in places]
    frame = pd.DataFrame(rows)
    metric = metric_title(board.best.candidate.run, board.metric.name)
    number = st.column_config.NumberColumn
    table(
        frame,
        "board",
        _("All candidates"),
        rows=12,
        column_config={
            _("rank"): number(width=50),
            metric: number(format="%.3f"),
            _("training (s)"): number(format="%.1f", help=_("of the models that are kept")),
            _("embedding (s)"): number(
                format="%.0f",
                help=_("of the table's distinct headlines, from the time for one on this machine"),
            ),
            _("ms a headline"): number(
                format="%.2f", help=_("from the headline to the prediction on this machine, in batches")
            ),
            _("size (MB)"): number(format="%.1f", help=_("models and encoder")),
            _("text lift"): st.column_config.Column(help=_("what the headlines add, of the whole run")),
        },
        saved=pd.DataFrame([_saved(board, place, found[place.candidate.key]) for place in places]),
    )


def _row(board: Leaderboard, place: Place, found: Figures) -> dict[str, object]:
    run, settings = place.candidate.run, place.candidate.run.settings
    sure = board.enough and not place.withheld
    pair = board.against_best.get(place.candidate.key)
    made: dict[str, object] = {
        _("rank"): place.rank or None,
        _("model"): model_name(place.candidate.model),
        _("reads"): _(FEATURES[settings.features]),
        _("pooling"): pooling_name(settings.pooling) if settings.reads_headline else UNKNOWN,
        metric_title(run, board.metric.name): place.score.value,
        _("95% interval"): ends_of(board.metric.name, place.score, sure) or UNKNOWN,
        _("ranks"): UNKNOWN,
        _("first in"): UNKNOWN,
        _("against the best"): UNKNOWN if pair is None else _(VERDICTS[pair.verdict]),
    }
    if place.withheld:
        made[_("against the best")] = _("no verdict")
    elif place.ranks is not None and sure:
        made[_("ranks")] = f"{place.ranks.low}–{place.ranks.high}"
        made[_("first in")] = percent(place.ranks.first)
    return made | _known(run, found) | _costs(found.costs) | _origin(run)


def _known(run: Run, found: Figures) -> dict[str, object]:
    lift, flips = run.lift, found.flips
    calibration = UNKNOWN
    if found.calibration:
        calibration = f"{found.ece * 100:.0f} · {_(CALIBRATION[found.calibration])}"
    return {
        _("text lift"): UNKNOWN if lift is None else " ".join(written_lift(lift)).strip(),
        _("do headlines help?"): UNKNOWN if lift is None else _(STATES[state(lift)]),
        _("flip score"): UNKNOWN if flips is None else share(flips.right, flips.verdict != FEW),
        _("calibration error (points)"): calibration,
    }


def _costs(costs: Costs) -> dict[str, object]:
    return {
        _("training (s)"): costs.training,
        _("embedding (s)"): costs.embedding,
        _("ms a headline"): costs.milliseconds,
        _("size (MB)"): costs.size,
    }


def _origin(run: Run) -> dict[str, object]:
    notes = notes_of(run.id)
    return {
        _("encoder"): encoder_name(run.settings.encoder) or UNKNOWN,
        _("seed"): run.settings.seed,
        _("run"): f"{'★ ' if notes.starred else ''}{notes.name or run.id[:6]}",
    }


def _saved(board: Leaderboard, place: Place, found: Figures) -> dict[str, object]:
    """Return a row of the file: names as they are in settings, and every number by itself."""
    run, flips = place.candidate.run, found.flips
    return board.row(place) | {
        "text_lift": run.lift and run.lift.value,
        "flip_score": flips and flips.right.value,
        "ece": found.ece,
        "calibration": found.calibration,
        "training_seconds": found.costs.training,
        "embedding_seconds": found.costs.embedding,
        "milliseconds": found.costs.milliseconds,
        "models_mb": found.costs.models,
        "encoder_mb": found.costs.encoder,
    }


def to_measure(board: Leaderboard) -> None:
    """Offer to measure what the board lacks: the time for a headline, and the flip score."""
    data = board.data
    if jobs.panel("speed", dataset=data.id) or jobs.panel("flips", dataset=data.id):
        return
    runs = list({place.candidate.run.id: place.candidate.run for place in board.places}.values())
    untimed = [run for run in runs if saved_speed(run) is None]
    unturned = [run for run in runs if _can_be_turned(run, run.id) and saved_flip_test(run) is None]
    with st.container(horizontal=True, vertical_alignment="center"):
        if untimed and st.button(
            _(P_("Time {n} run on this machine", "Time {n} runs on this machine"), n=len(untimed)),
            key="time-runs",
            icon=":material/timer:",
        ):
            _time(board, untimed)
        if unturned and st.button(
            _(
                P_("Flip test of {n} run (about {time})", "Flip test of {n} runs (about {time})"),
                n=len(unturned),
                time=duration(sum(map(_seconds, unturned))),
            ),
            key="flip-runs",
            icon=":material/swap_vert:",
        ):
            _turn(board, unturned)


@st.cache_data(max_entries=1000, show_spinner=False)
def _can_be_turned(_run: Run, run_id: str) -> bool:
    try:
        require_direction(_run)
    except UserError:
        return False
    return True


def _seconds(run: Run) -> float:
    return REFITS * 1.5 * sum(run.seconds.get(name, 0.0) for name in run.sizes)


def _time(board: Leaderboard, runs: list[Run]) -> None:
    data = board.data

    def work(report: Report) -> None:
        measure_speeds(runs, data, report)

    jobs.submit("speed", {"dataset": data.id}, work, float(len(runs)))


def _turn(board: Leaderboard, runs: list[Run]) -> None:
    data = board.data

    def work(report: Report) -> None:
        made, failed = 0, None
        for number, run in enumerate(runs):
            own = part(report, number / len(runs), (number + 1) / len(runs))
            own(0.0, N_("Turning words round: run {n} of {all}"), n=number + 1, all=len(runs))
            vectors = vectors_if_stored(data.headlines, run.settings.encoder, run.settings.pooling)
            try:
                made += vectors is not None and flip_test(run, data, vectors, own) is not None
            except UserError as error:
                failed = error
        if failed is not None and not made:
            raise failed

    jobs.submit("flips", {"dataset": data.id, "board": "all"}, work, float(len(runs)), "flips of a board")
