"""A kind of finding - when there is one, what it says and means, what can be done - and one such finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from core.data.plan import Plan
from core.data.quality.facts import Facts
from core.errors import Message
from core.locale import N_

LEVELS = ("serious", "warning", "info")


@dataclass(frozen=True)
class Action:
    """A button: its label (a template to translate) and the plan that a press of it makes."""

    label: str
    plan: Plan


@dataclass(frozen=True)
class Finding:
    """What was found (`message`, with counts), what that means for the result, the rows of the file, a remedy.

    `level` is "serious" (the scores will mislead), "warning" (mind it when reading them) or "info". `rows` are
    the numbers of all rows concerned; empty where it concerns the table as a whole.
    """

    code: str
    level: str
    message: Message
    meaning: Message
    rows: tuple[int, ...] = ()
    action: Action | None = None

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"a finding's level is one of {LEVELS}, not {self.level!r}")


@dataclass(frozen=True)
class Case:
    """One case of a kind: the values of its sentence, its rows, and what it says otherwise than its kind."""

    params: Mapping[str, object] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    level: str = ""
    message: str = ""
    meaning: str = ""
    code: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of finding: one entry of the registry.

    - `code`: its name in JSON; `level`: see `Finding`;
    - `message`: what was found, a template for the values of a case; `meaning`: what that means for the result;
    - `look`: finds its cases;
    - `remedy`: what can be done about a case: a button that changes the plan, or None.
    """

    code: str
    level: str
    message: str
    meaning: str
    look: Callable[[Facts], Iterable[Case]]
    remedy: Callable[[Plan, Case], Action | None] = lambda plan, case: None

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """Yield every case of this kind as a finding."""
        for case in self.look(facts):
            yield Finding(
                case.code or self.code,
                case.level or self.level,
                Message(case.message or self.message, case.params),
                Message(case.meaning or self.meaning),
                case.rows,
                self.remedy(facts.plan, case),
            )


def cleaned(plan: Plan, label: str, **steps: str) -> Action:
    """Return the action that changes steps of a plan's cleaning."""
    return Action(label, replace(plan, cleaning=replace(plan.cleaning, **steps)))


def without_feature(plan: Plan, name: object) -> Action | None:
    """Return the action that leaves a feature out; None for a column that is none."""
    if name not in plan.roles.numeric:
        return None
    return Action(N_("Leave this feature out"), plan.without_feature(str(name)))
