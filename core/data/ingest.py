"""The one way from the bytes of one file, or two, to a dataset: read, guess what nobody chose, join, type.

The data page, the command line and scoring all take it. `ingest` does the whole of it; `Intake` is the same in
steps, for a page that shows each one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import pandas as pd

from core.data.build import build_dataset
from core.data.dataset import Dataset
from core.data.guess.horizon import HorizonGuess, guess_horizon
from core.data.guess.join import guess_join
from core.data.guess.roles import Guess, guess_roles
from core.data.join.join import Joined, join_tables
from core.data.plan import Cleaning, Exchange, Join, Plan, Roles, TargetRule
from core.data.reading import ReadOptions, Source, read_table
from core.errors import Message, UserError
from core.jobs import Report, silent
from core.locale import N_

ONE_COLUMN_ROLES = ("headline", "press", "date", "group", "target")


@dataclass(frozen=True)
class File:
    """One file to read: its name (a label only), its bytes, and how to read them."""

    name: str
    content: bytes = field(repr=False)
    options: ReadOptions = field(default_factory=ReadOptions)


@dataclass(frozen=True)
class Choices:
    """What the user decided about a dataset's plan; the rest is guessed.

    `roles` has the column of a role of `ONE_COLUMN_ROLES` where it was chosen; `numeric` the continuous features,
    None to guess them. `join` says how two files belong together, or `how` alone ("exact", "asof") what to make of
    the guess. Without `target` the target role counts as it stands, or closing prices where there is none.
    `horizon` is how many sessions the target looks ahead, as `target` says by default; that of a target role as it
    stands, which nobody said, is guessed.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    numeric: tuple[str, ...] | None = None
    exchange: Exchange = field(default_factory=Exchange)
    join: Join | None = None
    how: str = ""
    target: TargetRule | None = None
    horizon: int | None = None
    cleaning: Cleaning = field(default_factory=Cleaning)


@dataclass(frozen=True)
class Proposal:
    """A plan, for each guessed column the reason why, and what speaks for the horizon of a target column."""

    plan: Plan
    reasons: Mapping[str, Message] = field(default_factory=dict)
    horizon: HorizonGuess = field(default_factory=HorizonGuess)


@dataclass(frozen=True, eq=False)
class Ingested:
    """The files as they were read, and the dataset made from them."""

    sources: tuple[Source, ...]
    dataset: Dataset


def ingest(
    files: Sequence[File], choices: Choices | Plan | None = None, name: str = "", report: Report = silent
) -> Ingested:
    """Make a dataset from one file of headlines, or from two files that belong together.

    `choices` are what is not to be guessed, or a whole plan; `name` is the dataset's, the first file's by default.

    Raises:
        UserError: as `read_table`, `guess_roles`, `join_tables` and `build_dataset` do, and where it cannot be
            guessed how two files belong together.
    """
    sources = read_sources(files)
    intake = Intake([source.table.frame for source in sources])
    plan = choices if isinstance(choices, Plan) else intake.propose(choices, report).plan
    return Ingested(tuple(sources), intake.build(plan, name or files[0].name, report))


def read_sources(files: Sequence[File]) -> list[Source]:
    """Read each file into a table of text cells. Raises `UserError` as `read_table` does."""
    return [Source(file.name, read_table(file.content, file.options)) for file in files]


class Intake:
    """One table of text cells, or two that belong together, on their way to a dataset.

    The two are joined once for each choice of how, however often the join is used.
    """

    def __init__(self, tables: Sequence[pd.DataFrame]) -> None:
        self.tables = tuple(tables)
        self._joined: tuple[object, Joined | UserError] | None = None

    def first_proposal(self, choices: Choices | None = None) -> Proposal:
        """Propose a plan from the first table alone, and how the second belongs to it where that can be guessed.

        Raises:
            UserError: where no column looks like headlines and none was chosen.
        """
        choices = choices or Choices()
        first = self.tables[0]
        alone = len(self.tables) == 1
        guess = choose_roles(first, choices if alone else _present(choices, first))
        join = choices.join
        if join is None and not alone:
            join = guess_join(first, self.tables[1], guess.roles)
            if join and choices.how:
                join = replace(join, how=choices.how)
        return _proposal(first, guess, join, choices)

    def propose(self, choices: Choices | None = None, report: Report = silent) -> Proposal:
        """Propose the plan of the table, of both joined where there are two.

        Raises:
            UserError: where no column looks like headlines and none was chosen, or two tables cannot be joined.
        """
        choices = choices or Choices()
        if len(self.tables) == 1:
            return self.first_proposal(choices)
        first = self._roles_for_the_join(choices)
        if first.join is None:
            raise UserError(
                N_("How the two files belong together was not found. Name the key column with --on.")
            )
        report(0.0, N_("Joining the two files"))
        table = self.joined(first).frame
        guess = choose_roles(table, choices)
        roles, join = guess.roles, first.join
        if join.how != "id" or join.right_date:
            if "date" not in choices.roles and roles.date not in self.tables[0].columns:
                roles = replace(roles, date=first.roles.date)
            if not join.left_company and roles.group != first.roles.group:
                join = replace(join, left_company=first.roles.group or "")
        return _proposal(table, replace(guess, roles=roles), join, choices)

    def joined(self, plan: Plan) -> Joined:
        """Return the two tables joined as a plan says; made anew only where the plan asks for another join.

        Raises:
            UserError: as `join_tables` does.
        """
        assert plan.join is not None
        asked = _what_a_join_depends_on(plan)
        if self._joined is None or self._joined[0] != asked:
            try:
                left, right = self.tables
                self._joined = asked, join_tables(left, right, plan.join, plan.roles, plan.exchange)
            except UserError as error:
                self._joined = asked, error
        made = self._joined[1]
        if isinstance(made, UserError):
            raise made
        return made

    def build(self, plan: Plan, name: str, report: Report = silent) -> Dataset:
        """Make the dataset of a plan. Raises `UserError` as `build_dataset` and `join_tables` do."""
        joined = None
        if len(self.tables) > 1 and plan.join:
            report(0.0, N_("Joining the two files"))
            joined = self.joined(plan)
        return build_dataset(self.tables[0], plan, name, report, joined)

    def _roles_for_the_join(self, choices: Choices) -> Plan:
        try:
            return self.first_proposal(choices).plan
        except UserError:
            if choices.join is None:
                raise
            return Plan(Roles(""), choices.exchange, choices.join)  # the second file may hold the headlines


def choose_roles(table: pd.DataFrame, choices: Choices) -> Guess:
    """Return the roles that were chosen, the others guessed; a column chosen for one role is guessed for no other.

    Raises:
        UserError: where no column looks like headlines and none was chosen.
    """
    given = {role: column for role, column in choices.roles.items() if column}
    try:
        guess = guess_roles(table)
    except UserError:
        if "headline" not in given:
            raise
        guess = Guess(Roles(given["headline"]), {})
    guessed = {role: column for role, column in asdict(guess.roles).items() if role in ONE_COLUMN_ROLES}
    taken = set(given.values())
    free = {role: column for role, column in guessed.items() if column not in taken}
    numeric = choices.numeric
    if numeric is None:
        numeric = tuple(name for name in guess.roles.numeric if name not in taken)
    return replace(guess, roles=Roles(**{**free, **given}, numeric=numeric))


def _present(choices: Choices, table: pd.DataFrame) -> Choices:
    """Return the choices without the roles whose columns stand in the other table."""
    roles = {role: column for role, column in choices.roles.items() if column in table.columns}
    return replace(choices, roles=roles)


def _proposal(table: pd.DataFrame, guess: Guess, join: Join | None, choices: Choices) -> Proposal:
    target, horizon = choices.target or _target_rule(guess), HorizonGuess()
    if target.source == "column" and not choices.horizon:
        horizon = guess_horizon(table, guess.roles, choices.exchange)
    chosen = choices.horizon or (target.horizon if target.source != "column" or target.horizon > 1 else 0)
    target = replace(target, horizon=chosen or horizon.sessions)
    return Proposal(
        Plan(guess.roles, choices.exchange, join, target, choices.cleaning), guess.reasons, horizon
    )


def _target_rule(guess: Guess) -> TargetRule:
    """Return a target made from prices where there are prices and no target; else the target as it stands."""
    source = "return" if guess.price and not guess.roles.target else "column"
    return TargetRule(source, price=guess.price, benchmark=guess.benchmark)


def _what_a_join_depends_on(plan: Plan) -> object:
    """Return the part of a plan that changes what a join finds."""
    join, roles = plan.join, plan.roles
    assert join is not None
    in_time = join.how != "id"
    company = (join.left_company or roles.group or "") if in_time else ""
    date = roles.date if in_time or join.right_date else None
    return replace(join, left_company=company), date, plan.exchange if date else None
