"""How a verdict is shown wherever it stands: its state by mark, word and colour, one large number, its interval."""

from __future__ import annotations

import html
from dataclasses import dataclass

from core.evaluate.lift import Lift
from core.evaluate.lift_text import HELP, NOTHING, STATES, UNSURE, state
from core.evaluate.lift_text import written_lift as written_lift
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.train import judgement
from core.train.run import Run
from core.ui.evaluate.text import ends_of, metric_title, written
from core.ui.text import UNKNOWN, _
from core.ui.theme import palette

_MARKS = {HELP: "✓", UNSURE: "?", NOTHING: "–"}


@dataclass(frozen=True)
class Verdict:
    """A mark and a word for the state and its colour, the number, its interval as it is written, and what it is of."""

    mark: str
    word: str
    shade: str
    number: str
    ends: str = ""
    of: str = ""

    def html(self, size: str = "", below: str = "") -> str:
        """Return it as HTML; `size` is a class of the style sheet, `below` HTML that stands under it."""
        mark, word, number, ends, of = map(
            html.escape, (self.mark, self.word, self.number, self.ends, self.of)
        )
        above = f'<p class="state"><span>{mark}</span>{word}</p>' if word else ""
        return (
            f'<div class="{f"verdict {size}".strip()}" style="--state: {self.shade}">{above}'
            f'<p class="number">{number} <small>{ends}</small></p><p class="of">{of}</p>{below}</div>'
        )


def of_run(run: Run) -> Verdict:
    """Return the verdict of a run: on the headlines where they can be compared with the table, else on the models."""
    return _of_models(run) if run.lift is None else _of_headlines(run, run.lift)


def _of_headlines(run: Run, lift: Lift) -> Verdict:
    kind = state(lift)
    of = _("{metric} with headlines minus without", metric=metric_title(run, lift.metric))
    return Verdict(_MARKS[kind], _(STATES[kind]), _shade(kind), *written_lift(lift), of)


def _of_models(run: Run) -> Verdict:
    metric = main_metric(run.task).name
    score, kind = run.scores.get(MEAN, {}).get(metric), judgement.state(run)
    word = _(judgement.STATES[kind])
    number = UNKNOWN if score is None else written(metric, score, sure=False)
    ends = "" if score is None else ends_of(metric, score, run.believable)
    return Verdict(_MARKS[kind], word, _shade(kind), number, ends, metric_title(run, metric))


def _shade(kind: str) -> str:
    colours = palette()
    return {HELP: colours.good, UNSURE: colours.unsure}.get(kind, colours.muted)
