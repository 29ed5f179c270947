"""What this session is loading: the files as read, the plan so far, and their join, made once per choice of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from core.data.dataset import Dataset
from core.data.guess.horizon import HorizonGuess, judge_horizon
from core.data.ingest import Choices, Intake, Proposal
from core.data.join.join import Joined
from core.data.library import load_sources
from core.data.plan import Join, Plan, Roles
from core.data.reading import Source
from core.data.target.overlap import outcomes_of
from core.errors import Message, UserError


@dataclass
class Draft:
    """A table on its way in: its files, their join, and the plan as far as it is guessed or chosen.

    `fingerprint` says which files it is of, and how they were read; `guessed` whether the roles were guessed from
    all files; `horizon` what speaks for one. It lives in the session's state, so what it holds is computed
    once and not at each rerun.
    """

    sources: tuple[Source, ...]
    plan: Plan
    reasons: Mapping[str, Message]
    fingerprint: tuple[str, ...] = ()
    guessed: bool = False
    horizon: HorizonGuess = field(default_factory=HorizonGuess)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.intake = Intake([source.table.frame for source in self.sources])

    def join(self, join: Join) -> Joined:
        """Join the two files, guess the roles from both the first time, and keep the choice.

        Raises:
            UserError: as `join_tables` does.
        """
        joined = self.intake.joined(replace(self.plan, join=join))
        if not self.guessed:
            self._guess_again(join)
        elif join != self.plan.join:
            self.plan = replace(self.plan, join=join)
        return joined

    def _guess_again(self, join: Join) -> None:
        self.guessed = True
        try:
            proposal = self.intake.propose(Choices(join=join))
        except UserError:
            self.plan = replace(self.plan, join=join)
        else:
            self.plan, self.reasons, self.horizon = proposal.plan, proposal.reasons, proposal.horizon


def start(sources: Sequence[Source], fingerprint: tuple[str, ...]) -> None:
    """Begin a draft of files that have just been read, with what can be guessed of them."""
    try:
        proposal = Intake([source.table.frame for source in sources]).first_proposal()
    except UserError:
        proposal = Proposal(Plan(Roles("")))
    st.session_state["draft"] = Draft(
        tuple(sources), proposal.plan, proposal.reasons, fingerprint, horizon=proposal.horizon
    )


def edit(data: Dataset) -> None:
    """Take up a dataset's files and plan again, so that a choice can be changed or a step undone."""
    try:
        sources = load_sources(data.id)
    except UserError as error:
        st.session_state["notice"] = error.message
        return
    if sources and data.plan:
        start(sources, ())
        draft: Draft = st.session_state["draft"]
        draft.plan, draft.guessed = data.plan, True
        if data.roles.target and data.has_sessions:
            draft.horizon = judge_horizon(data.roles.target, outcomes_of(data, data.plan.exchange))
