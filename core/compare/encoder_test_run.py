"""Encoders tested on a file that the user brings: sentence pairs that people scored, or texts with a label each.

What was found is kept in the workspace, a small file of JSON for each encoder, pooling and file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from core.compare.encoder_tests import Labelled, labelled, places
from core.data.ingest import Choices, File, ingest
from core.data.reading import read_table
from core.embed import embed, resolve, space_key
from core.embed.runtime.encoder import load_encoder
from core.embed.sts import COLUMNS, read_pairs, sts
from core.evaluate.bootstrap import Interval
from core.files import write_atomic
from core.jobs import Report, part, silent
from core.settings import settings

log = logging.getLogger(__name__)

PAIRS, LABELS = "pairs", "labels"
MOST_KEPT = 500  # tests
_FORMAT = 1
_NAME = re.compile(r"[0-9a-f]{32}\.json")


@dataclass(frozen=True)
class EncoderTest:
    """What an encoder and a pooling scored on a file.

    `kind` is "pairs", with the scores `pearson` and `spearman`, or "labels", with `purity`, `gap` and `silhouette` of `n`
    texts of `classes`; `chance` is the purity that any two texts have. `digest` tells the file and its chosen columns
    from others, `left_out` how many of its rows were not used, `seconds` how long it took to embed what was new.
    """

    file: str
    digest: str
    kind: str
    encoder: str
    pooling: str
    n: int
    scores: dict[str, Interval]
    left_out: int
    seconds: float
    created: str
    classes: tuple[str, ...] = ()
    chance: float = float("nan")

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        scores = {name: score.as_dict() for name, score in self.scores.items()}
        chance = self.chance if np.isfinite(self.chance) else None
        return vars(self) | {"scores": scores, "classes": list(self.classes), "chance": chance}


def kind_of(content: bytes) -> str:
    """Return "pairs" for a file with the columns of sentence pairs, else "labels"; raises `UserError` as reading does."""
    names = {str(name).strip().casefold() for name in read_table(content).frame.columns}
    return PAIRS if names >= set(COLUMNS) else LABELS


def run_tests(
    name: str,
    content: bytes,
    spaces: Sequence[tuple[str, str]],
    columns: Choices | None = None,
    report: Report = silent,
) -> tuple[EncoderTest, ...]:
    """Test each encoder and pooling of `spaces` on a file, and keep what is found; what was found before is not made anew.

    `name` is only a label. `columns` says which columns hold the texts and the labels where that is not to be guessed.
    Vectors come from the store, and new ones go there. Raises `UserError` for a file that cannot be used, and for an encoder that is not on this
    machine.
    """
    kind = kind_of(content)
    digest = _digest(content, columns)
    test = _on_pairs(content) if kind == PAIRS else _on_labels(name, content, columns)
    found = []
    for number, (encoder, pooling) in enumerate(spaces):
        step = part(report, number / len(spaces), (number + 1) / len(spaces))
        card = resolve(encoder)
        if card.available and not card.ready:
            load_encoder(card)  # the bundled one is unpacked only now, and has no key before
        path = _path(digest, space_key(encoder), pooling)
        made = _read(path)
        if made is None:
            begun = time.perf_counter()
            facts = test(encoder, pooling, step)
            seconds = facts.pop("seconds", time.perf_counter() - begun)
            created = datetime.now(UTC).isoformat()
            made = EncoderTest(
                name, digest, kind, encoder, pooling, seconds=seconds, created=created, **facts
            )
            _keep(
                _path(digest, space_key(encoder), pooling), made
            )  # a folder has another key once it has run
        found.append(made)
    return tuple(found)


def saved_tests() -> list[EncoderTest]:
    """Return what is kept, the newest first."""
    folder = _folder()
    read = (_read(path) for path in folder.iterdir() if _NAME.fullmatch(path.name))
    return sorted((test for test in read if test), key=lambda test: test.created, reverse=True)


def forget_tests(digest: str) -> None:
    """Remove what is kept of a file."""
    for path in _folder().iterdir():
        if _NAME.fullmatch(path.name) and (test := _read(path)) and test.digest == digest:
            path.unlink(missing_ok=True)


_Test = Callable[[str, str, Report], dict[str, Any]]


def _on_pairs(content: bytes) -> _Test:
    pairs = read_pairs(content)

    def test(encoder: str, pooling: str, report: Report) -> dict[str, Any]:
        found = sts(pairs, encoder, pooling, report)
        scores = {
            "pearson": Interval(found.pearson, *found.pearson_interval),
            "spearman": Interval(found.spearman, *found.spearman_interval),
        }
        return {"n": found.pairs, "scores": scores, "left_out": found.skipped, "seconds": found.seconds}

    return test


def _on_labels(name: str, content: bytes, columns: Choices | None) -> _Test:
    texts = labelled(ingest([File(name, content)], columns, name).dataset)
    return lambda encoder, pooling, report: on_texts(texts, encoder, pooling, report)


def on_texts(texts: Labelled, encoder: str, pooling: str, report: Report = silent) -> dict[str, Any]:
    """Return what an encoder and a pooling score on labelled texts, as `EncoderTest` has it; raises as `embed` does."""
    made = embed(list(texts.texts), encoder, pooling, report)
    found = places(made.vectors, texts)
    scores = {"purity": found.purity, "gap": found.gap, "silhouette": found.silhouette}
    return {
        "n": len(texts),
        "scores": scores,
        "left_out": texts.left_out,
        "seconds": made.seconds,
        "classes": texts.classes,
        "chance": found.chance,
    }


def _digest(content: bytes, columns: Choices | None) -> str:
    digest = hashlib.sha256(content)
    if columns is not None:
        digest.update(json.dumps(sorted(columns.roles.items())).encode())
    return digest.hexdigest()


def _folder() -> Path:
    return settings().folder("encoder_tests")


def _path(digest: str, space: str, pooling: str) -> Path:
    key = hashlib.sha256(json.dumps([_FORMAT, digest, space, pooling]).encode()).hexdigest()[:32]
    return _folder() / f"{key}.json"


def _keep(path: Path, made: EncoderTest) -> None:
    text = json.dumps(made.as_dict(), ensure_ascii=False, allow_nan=False)
    write_atomic(path, lambda target: target.write_text(text, encoding="utf-8"))
    kept = [one for one in _folder().iterdir() if _NAME.fullmatch(one.name)]
    for old in sorted(kept, key=lambda one: one.stat().st_mtime, reverse=True)[MOST_KEPT:]:
        old.unlink(missing_ok=True)


def _read(path: Path) -> EncoderTest | None:
    """Return a kept test; None where there is none, or one that cannot be read."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        scores = {
            str(name): Interval(*(_number(score[end]) for end in ("value", "low", "high")))
            for name, score in fields["scores"].items()
        }
        made = {"scores": scores, "classes": tuple(fields["classes"]), "chance": _number(fields["chance"])}
        return EncoderTest(**(fields | made))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("the encoder test %s cannot be read and is made anew: %r", path, error)
        return None


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
