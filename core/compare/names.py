"""What a candidate is called: its model, what it reads, its encoder and pooling, as far as candidates differ in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from core.compare.candidate import Candidate
from core.embed.pooling import POOLINGS
from core.errors import Message
from core.locale import N_
from core.train.models.titles import title
from core.train.run import Run
from core.train.settings import FEATURES

_SEED = N_("seed {seed}")
_RUN = N_("run {run}")


def names(shown: Iterable[Candidate]) -> dict[str, Message]:
    """Return the name of each candidate by its key, no two of them the same.

    The encoder is left out where all have the same one. Where two would have one name, their seeds are added, or else
    the beginnings of their runs' ids.
    """
    every = list(shown)
    several = len({c.run.settings.encoder for c in every if c.run.settings.encoder}) > 1
    parts = {c.key: _parts(c, several) for c in every}
    for more in (_seed, _run):
        many = Counter(map(_told, parts.values()))
        parts = {
            c.key: [*parts[c.key], more(c.run)] if many[_told(parts[c.key])] > 1 else parts[c.key]
            for c in every
        }
        if more is _seed:
            parts = _where_it_tells(every, parts)
    return {key: joined(found) for key, found in parts.items()}


def joined(parts: list[Message]) -> Message:
    """Return parts of a name as one message."""
    params = {f"part{number}": part for number, part in enumerate(parts)}
    return Message(" · ".join(f"{{{name}}}" for name in params), params)


def encoder_name(encoder: str) -> str:
    """Return the short name of an encoder: the last part of a hub's id or of a folder."""
    return PurePath(encoder).name or encoder


def _parts(candidate: Candidate, with_encoder: bool) -> list[Message]:
    settings = candidate.run.settings
    made = [Message(title(candidate.model)), Message(FEATURES[settings.features])]
    if settings.reads_headline:
        made += [Message("{name}", {"name": encoder_name(settings.encoder)})] if with_encoder else []
        made.append(Message(POOLINGS[settings.pooling].short))
    return made


def _where_it_tells(every: list[Candidate], parts: dict[str, list[Message]]) -> dict[str, list[Message]]:
    """Leave the seed out of names that it does not tell apart."""
    alike: dict[str, set[int]] = {}
    for c in every:
        alike.setdefault(_told(parts[c.key][: _length(parts[c.key])]), set()).add(c.run.settings.seed)
    return {
        key: found if len(alike[_told(found[: _length(found)])]) > 1 else found[: _length(found)]
        for key, found in parts.items()
    }


def _length(parts: list[Message]) -> int:
    return len(parts) - (parts[-1].template == _SEED)


def _told(parts: list[Message]) -> str:
    return str(joined(parts))


def _seed(run: Run) -> Message:
    return Message(_SEED, {"seed": run.settings.seed})


def _run(run: Run) -> Message:
    return Message(_RUN, {"run": run.id[:6]})
