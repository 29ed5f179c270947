"""The record of a tuned encoder: what it was made of, how it went and how it was judged, and that as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.embed.seen import TUNED
from core.errors import Message
from core.evaluate.bootstrap import Scores, plain_scores, scores_of_plain
from core.settings import settings
from core.tune.examples import Examples, Parts
from core.tune.history import History, Point
from core.tune.judge.judged import Judged
from core.tune.judge.verdict import Verdict
from core.tune.settings import TuneSettings


@dataclass(frozen=True)
class DataFacts:
    """What it was tuned on: the dataset's id ("" for none of the library) and name, and how many examples did what.

    `first` and `last` are the sessions of training and validation (ISO dates, "" where unknown), `test_first` the
    first of the test.
    """

    id: str
    name: str
    train: int
    valid: int
    test: int
    left_out: int
    classes: tuple[str, ...] = ()
    pairs: bool = False
    first: str = ""
    last: str = ""
    test_first: str = ""


@dataclass(frozen=True)
class Tuned:
    """A tuned encoder: `id` is that of the catalog, `name` its folder's, `encoder` the one that it was made of.

    `baselines` are scores on the same test by name, `seconds` those of the whole, `history` the curves; `created` is
    in ISO form. `judged` and `verdict` are of the test that training never saw; `licence` is that of the encoder it was
    made of; `notes` say what of the table was left out and what of the encoder was not trained, and why.
    """

    name: str
    created: str
    encoder: str
    settings: TuneSettings
    data: DataFacts
    history: History
    judged: Judged
    verdict: Verdict
    seconds: float
    baselines: Scores = field(default_factory=dict)
    licence: str = ""
    notes: tuple[Message, ...] = ()

    @property
    def id(self) -> str:
        """The id in the catalog of encoders."""
        return TUNED + self.name

    @property
    def folder(self) -> Path:
        """Where the encoder lies."""
        return tuned_home() / self.name


def data_facts(examples: Examples, parts: Parts) -> DataFacts:
    """Return what a split holds."""
    learned = examples.session.iloc[np.concatenate([parts.train, parts.valid])].dropna()
    tested = examples.session.iloc[parts.test].dropna()
    return DataFacts(
        id=examples.dataset_id,
        name=examples.name,
        train=len(parts.train),
        valid=len(parts.valid),
        test=len(parts.test),
        left_out=len(parts.left_out),
        classes=examples.classes,
        pairs=len(examples.columns) == 2,
        first=_day(learned.min()) if len(learned) else "",
        last=_day(learned.max()) if len(learned) else "",
        test_first=_day(tested.min()) if len(tested) else "",
    )


def tuned_home() -> Path:
    """Return where tuned encoders lie, whether it is there or not."""
    return settings().home / "encoders" / "tuned"


def to_record(tuned: Tuned) -> dict[str, Any]:
    """Return the record as plain values for JSON, which has no NaN."""
    return {
        "id": tuned.id,
        "name": tuned.name,
        "created": tuned.created,
        "encoder": tuned.encoder,
        "settings": tuned.settings.as_dict(),
        "data": asdict(tuned.data),
        "history": plain_history(tuned.history),
        "judged": tuned.judged.as_dict(),
        "verdict": tuned.verdict.as_dict(),
        "seconds": tuned.seconds,
        "baselines": plain_scores(tuned.baselines),
        "licence": tuned.licence,
        "notes": [note.as_dict() for note in tuned.notes],
    }


def from_record(fields: Mapping[str, Any]) -> Tuned:
    """Make the record that `to_record` took apart; raises `KeyError`, `TypeError` or `ValueError` for another one."""
    data = dict(fields["data"])
    return Tuned(
        name=fields["name"],
        created=fields["created"],
        encoder=fields["encoder"],
        settings=TuneSettings(**{"adversarial": 0.0} | fields["settings"]),
        data=DataFacts(**(data | {"classes": tuple(data["classes"])})),
        history=history_of_plain(fields["history"]),
        judged=Judged.from_dict(fields["judged"]),
        verdict=Verdict.from_dict(fields["verdict"]),
        seconds=fields["seconds"],
        baselines=scores_of_plain(fields["baselines"]),
        licence=fields.get("licence", ""),
        notes=tuple(map(Message.from_dict, fields.get("notes", ()))),
    )


def plain_history(history: History) -> dict[str, Any]:
    """Return the curves as plain values for JSON: NaN is None."""
    plain = asdict(history)
    points = [{name: _plain(value) for name, value in point.items()} for point in plain["points"]]
    return plain | {"points": points, "losses": [_plain(loss) for loss in plain["losses"]]}


def history_of_plain(fields: Mapping[str, Any]) -> History:
    """Make the curves that `plain_history` took apart."""
    points = tuple(
        Point(**{name: _number(value) for name, value in point.items()}) for point in fields["points"]
    )
    return History(**(dict(fields) | {"points": points, "losses": tuple(map(_number, fields["losses"]))}))


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float | None) -> Any:
    return math.nan if value is None else value


def _day(moment: Any) -> str:
    return str(moment.date().isoformat())
