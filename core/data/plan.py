"""How a dataset is made from its files: every choice in one frozen value that can be shown, undone and exported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from core.errors import UserError
from core.locale import N_

JOINS = ("id", "exact", "asof")
TARGETS = ("column", "return", "adjusted")
UNTIMED = ("same", "next")


def _require(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise UserError(
            N_("The setting {setting} is {value}; choose one of: {allowed}."),
            setting=name,
            value=str(value),
            allowed=", ".join(map(str, allowed)),
        )


@dataclass(frozen=True)
class Roles:
    """Which column of the file plays which part; `numeric` are the continuous features."""

    headline: str
    press: str | None = None
    date: str | None = None
    group: str | None = None
    numeric: tuple[str, ...] = ()
    target: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the roles as plain values for JSON."""
        return asdict(self) | {"numeric": list(self.numeric)}


@dataclass(frozen=True)
class Exchange:
    """Whose trading days count: a calendar of exchange_calendars, and the local close as "HH:MM" ("": its own).

    `untimed` is where a headline with a date alone belongs: to the "same" day's session, as if known before its
    close, or to the "next", as one that may be of the evening.
    """

    calendar: str = "XKRX"
    close: str = ""
    untimed: str = "same"

    def __post_init__(self) -> None:
        _require("untimed", self.untimed, UNTIMED)


@dataclass(frozen=True)
class Join:
    """How a second file is joined.

    `how` is "id" (equal cells of `left_on` and `right_on`), "exact" (the same company in the same session) or
    "asof" (the company's last row dated in a session before the headline's). `left_on`/`right_on` name the id
    columns; `right_date` and `right_company` the second file's columns where it is joined in time (the first
    file's are its date role and `left_company`, or its group role where that is ""). `right_date` may be given for "id" too, so that a row that looks into
    the future is noticed. Columns of the second file whose names stand in the first get the suffix "_2".
    """

    how: str
    left_on: str = ""
    right_on: str = ""
    right_date: str = ""
    right_company: str = ""
    left_company: str = ""

    def __post_init__(self) -> None:
        _require("how", self.how, JOINS)


@dataclass(frozen=True)
class TargetRule:
    """Where the target comes from.

    `source` is "column" (the target role as it stands), "return" (made from the column of closing prices
    `price`: the return over `horizon` sessions from the close of the headline's session) or "adjusted" (that
    less the same of `benchmark`, a column of index levels). With `win_above` (a fraction) the return becomes
    승 where it is above it and 패 elsewhere. `horizon` says how many sessions the target looks ahead.
    """

    source: str = "column"
    horizon: int = 1
    price: str = ""
    benchmark: str = ""
    win_above: float | None = None

    def __post_init__(self) -> None:
        _require("source", self.source, TARGETS)
        if not 1 <= self.horizon <= 250:
            raise UserError(N_("The horizon is {horizon} sessions; choose 1 to 250."), horizon=self.horizon)


@dataclass(frozen=True)
class Cleaning:
    """What is left out: each step can be switched off again.

    `repeats`: rows that repeat a whole row ("drop", "keep"). `contradictions`: rows whose headline, company and
    session agree but whose labels do not ("keep", "first", "drop"). `unmatched`: rows to which a join found
    nothing ("keep", "drop"). `without_session`: rows without a readable date ("keep", "drop").
    """

    repeats: str = "drop"
    contradictions: str = "keep"
    unmatched: str = "keep"
    without_session: str = "keep"

    def __post_init__(self) -> None:
        _require("repeats", self.repeats, ("drop", "keep"))
        _require("contradictions", self.contradictions, ("keep", "first", "drop"))
        _require("unmatched", self.unmatched, ("keep", "drop"))
        _require("without_session", self.without_session, ("keep", "drop"))


@dataclass(frozen=True)
class Plan:
    """Everything that turns the cells of one file, or two, into a dataset."""

    roles: Roles
    exchange: Exchange = field(default_factory=Exchange)
    join: Join | None = None
    target: TargetRule = field(default_factory=TargetRule)
    cleaning: Cleaning = field(default_factory=Cleaning)

    def without_feature(self, name: str) -> Plan:
        """Return the plan with one continuous feature left out."""
        kept = tuple(feature for feature in self.roles.numeric if feature != name)
        return replace(self, roles=replace(self.roles, numeric=kept))

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain values for JSON."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the plan as a person can read it and the app can take it again."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read what `to_json` wrote. Raises `UserError` where it is something else."""
        try:
            return cls.from_dict(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UserError(
                N_("The plan cannot be read: {reason}. Export it from the app again."), reason=str(error)
            ) from error

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Plan:
        """Make the plan that `as_dict` took apart; a part that is absent has its default."""
        parts: dict[str, Any] = {
            "roles": Roles(**{**values["roles"], "numeric": tuple(values["roles"]["numeric"])})
        }
        kinds = {"exchange": Exchange, "join": Join, "target": TargetRule, "cleaning": Cleaning}
        for name in (f.name for f in fields(cls)):
            if name in kinds and values.get(name):
                parts[name] = kinds[name](**values[name])
        return cls(**parts)
