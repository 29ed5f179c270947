"""Loading a table: one file or two, how they are read, which column is which, and what is left out."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from core.data.build import build_dataset
from core.data.dataset import Dataset, Roles
from core.data.formats.delimited import DELIMITERS, ONE_COLUMN
from core.data.formats.recognise import ENCODINGS
from core.data.join import REASONS, Joined, guess_join, join_tables
from core.data.library import Source, load_sources, save_dataset
from core.data.plan import Cleaning, Exchange, Join, Plan, TargetRule
from core.data.reading import ReadOptions, read_table
from core.data.roles import guess_roles
from core.errors import Message, UserError
from core.jobs import Report, silent
from core.locale import N_
from core.settings import settings
from core.ui import jobs, state
from core.ui.text import _, bold, md, told

SAMPLE = "headlines.csv"
IN_THE_BACKGROUND = 50_000
JOINS = {
    "id": N_("by a key column"),
    "exact": N_("by company and session"),
    "asof": N_("by company, as of the last session before the headline"),
}
CLEANING = {
    "repeats": (N_("Rows that repeat a whole row"), {"drop": N_("leave out"), "keep": N_("keep")}),
    "contradictions": (
        N_("The same headline with contradictory outcomes"),
        {"keep": N_("keep all"), "first": N_("keep the first"), "drop": N_("leave all out")},
    ),
    "unmatched": (
        N_("Rows without a partner in the second file"),
        {"keep": N_("keep"), "drop": N_("leave out")},
    ),
    "without_session": (N_("Rows without a readable date"), {"keep": N_("keep"), "drop": N_("leave out")}),
}


@dataclass
class Draft:
    """What is being loaded in this session: the files as read, and the plan so far."""

    sources: list[Source]
    plan: Plan
    reasons: dict[str, Message] = field(default_factory=dict)
    digests: tuple[str, ...] = ()
    guessed: bool = False  # whether the roles were guessed from all files


def load_sample() -> None:
    """Read the sample table, keep it in the library and choose it; say so where the disk does not allow it."""
    try:
        _load_sample()
    except UserError as error:
        st.session_state["notice"] = error.message


def _load_sample() -> None:
    table = read_table((settings().sample_data / SAMPLE).read_bytes())
    plan = Plan(guess_roles(table.frame).roles)
    data = build_dataset([table.frame], plan, _("Sample (synthetic)"))
    save_dataset(data, [Source(SAMPLE, table)])
    state.choose(dataset=data.id)


def edit(data: Dataset) -> None:
    """Take up a dataset's files and plan again, so that a choice can be changed or a step undone."""
    sources = load_sources(data.id)
    if sources and data.plan:
        st.session_state["draft"] = Draft(sources, data.plan, guessed=True)


def panel() -> None:
    """Draw everything about loading a table."""
    ended = jobs.ended("load")
    if ended and ended.status == "done":
        st.session_state.pop("draft", None)
    if jobs.panel("load", own=True):
        return
    _upload()
    draft: Draft | None = st.session_state.get("draft")
    if draft is None:
        return
    table = _joined(draft)
    if table is None:
        return
    plan = _plan_form(draft, table)
    if plan is not None:
        build(draft.sources, plan)


def build(sources: list[Source], plan: Plan) -> None:
    """Make the dataset of a plan and choose it; in the background where the files are large."""
    name = sources[0].name

    def work(report: Report) -> dict[str, str]:
        data = build_dataset([source.table.frame for source in sources], plan, name, report)
        save_dataset(data, sources)
        return {"dataset": data.id}

    if len(sources[0].table.frame) > IN_THE_BACKGROUND:
        _next_upload()
        digest = hashlib.sha256(plan.to_json().encode()).hexdigest()
        jobs.submit("load", {"file": name, "plan": digest, "session": _session()}, work)
    try:
        with st.spinner(_("Reading {rows:,} rows …", rows=len(sources[0].table.frame))):
            made = work(silent)
    except UserError as error:
        st.error(told(error.message))
        return
    st.session_state.pop("draft", None)
    _next_upload()
    state.choose(**made)
    st.rerun()


def _next_upload() -> None:
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1


def _session() -> str:
    return st.session_state.setdefault("load_session", uuid.uuid4().hex)


def _upload() -> None:
    generation = st.session_state.get("uploads", 0)
    left, right = st.columns(2)
    with left:
        first = st.file_uploader(_("The headlines: CSV, XLSX, Parquet or JSON"), key=f"upload-{generation}")
    with right:
        second = st.file_uploader(
            _("A second file, if features or outcomes stand there"),
            key=f"upload-2-{generation}",
            disabled=not first,
        )
    if first is None:
        return
    files = [file for file in (first, second) if file is not None]
    options = [_read_options(file.name, number) for number, file in enumerate(files)]
    digests = tuple(
        hashlib.sha256(file.getvalue()).hexdigest() + repr(option)
        for file, option in zip(files, options, strict=True)
    )
    draft: Draft | None = st.session_state.get("draft")
    if draft is not None and draft.digests == digests:
        return
    try:
        with st.spinner(_("Reading the file …")):
            sources = [
                Source(file.name, read_table(file.getvalue(), option))
                for file, option in zip(files, options, strict=True)
            ]
    except UserError as error:
        st.error(told(error.message))
        st.session_state.pop("draft", None)
        return
    st.session_state["draft"] = _drafted(sources, digests)


def _drafted(sources: list[Source], digests: tuple[str, ...]) -> Draft:
    frames = [source.table.frame for source in sources]
    try:
        guess = guess_roles(frames[0])
        roles, reasons = guess.roles, guess.reasons
    except UserError:
        roles, reasons = Roles(""), {}
    join = guess_join(frames[0], frames[1], roles) if len(frames) == 2 and roles.headline else None
    return Draft(sources, Plan(roles, join=join), reasons, digests)


def _read_options(name: str, number: int) -> ReadOptions:
    with st.popover(md("How {name} is read", name=name), icon=":material/settings:"):
        found = _("found by itself")
        encoding = st.selectbox(
            _("Encoding"),
            ["", *ENCODINGS],
            key=f"encoding-{number}",
            format_func=lambda e: e.upper() or found,
        )
        names = {
            "": found,
            ",": _("comma"),
            "\t": _("tab"),
            ";": _("semicolon"),
            "|": "|",
            ONE_COLUMN: _("none: one column"),
        }
        delimiter = st.selectbox(
            _("Delimiter"),
            ["", *DELIMITERS, ONE_COLUMN],
            key=f"delimiter-{number}",
            format_func=lambda d: names.get(d, d),
        )
        sheet = st.text_input(_("Sheet"), key=f"sheet-{number}", placeholder=_("the first"))
    return ReadOptions(encoding or "", delimiter or "", sheet.strip())


def _preview(source: Source) -> None:
    table = source.table
    names = {",": _("comma"), "\t": _("tab"), ";": _("semicolon")}
    how = [table.format.upper(), table.encoding.upper(), names.get(table.delimiter, table.delimiter)]
    if len(table.sheets) > 1:
        how.append(_("sheet {sheet} of {sheets}", sheet=table.sheet, sheets=", ".join(table.sheets)))
    st.caption(
        md("{name}: {rows:,} rows, {columns} columns · {how}",
           name=source.name, rows=len(table.frame), columns=table.frame.shape[1],
           how=" · ".join(part for part in how if part))
    )  # fmt: skip
    if table.titles:
        st.caption(md("Lines above the header that were left out: {titles}", titles=" / ".join(table.titles)))
    st.dataframe(table.frame.head(6), hide_index=True)


def _joined(draft: Draft) -> pd.DataFrame | None:
    for source in draft.sources:
        _preview(source)
    first = draft.sources[0].table.frame
    if len(draft.sources) == 1:
        return first
    second = draft.sources[1].table.frame
    join = _join_form(first, second, draft.plan)
    if join is None:
        return None
    try:
        joined = join_tables(first, second, join, draft.plan.roles, draft.plan.exchange)
    except UserError as error:
        st.error(told(error.message))
        return None
    _show_join(joined, first, second)
    if join != draft.plan.join:
        draft.plan = replace(draft.plan, join=join)
    if not draft.guessed:
        try:
            guess = guess_roles(joined.frame)
            draft.plan = replace(draft.plan, roles=guess.roles)
            draft.reasons = guess.reasons
        except UserError:
            pass
        draft.guessed = True
    return joined.frame


def _join_form(first: pd.DataFrame, second: pd.DataFrame, plan: Plan) -> Join | None:
    st.markdown(bold(_("How do the two files belong together?")))
    guessed = plan.join or Join("id")
    how = st.segmented_control(
        _("Join"), list(JOINS), default=guessed.how, format_func=lambda h: _(JOINS[h]), key="join-how"
    )
    left, right = list(first.columns), list(second.columns)

    def pick(label: str, options: list[str], wanted: str, key: str, optional: bool = False) -> str:
        choices = ["", *options] if optional else options
        index = choices.index(wanted) if wanted in choices else 0
        return st.selectbox(label, choices, index=index, key=key, format_func=lambda c: c or _("(none)"))

    one, two = st.columns(2)
    if how == "id":
        with one:
            left_on = pick(_("Key in the first file"), left, guessed.left_on, "join-left")
            date = pick(
                _("Date in the second file, to notice the future"),
                right,
                guessed.right_date,
                "join-date",
                True,
            )
        with two:
            right_on = pick(_("Key in the second file"), right, guessed.right_on, "join-right")
        return Join("id", left_on, right_on, date)
    if how is None:
        return None
    if plan.roles.date is None:
        st.error(_("The first file has no date, so it cannot be joined in time. Join by a key column."))
        return None
    with one:
        date = pick(_("Date in the second file"), right, guessed.right_date, "join-date")
    with two:
        company = pick(_("Company in the second file"), right, guessed.right_company, "join-company", True)
    with one:
        wanted = guessed.left_company or plan.roles.group or ""
        mine = pick(_("Company in the first file"), left, wanted, "join-left-company", True)
    return Join(
        how, right_date=date, right_company=company, left_company="" if mine == plan.roles.group else mine
    )


def _show_join(joined: Joined, first: pd.DataFrame, second: pd.DataFrame) -> None:
    matched = len(first) - len(joined.unmatched)
    st.caption(
        _("{matched:,} of {rows:,} rows found a partner; {unmatched:,} did not; {unused:,} of {second:,} rows of the "
          "second file were not used.", matched=matched, rows=len(first), unmatched=len(joined.unmatched),
          unused=len(joined.unused), second=len(second))
    )  # fmt: skip
    for note in joined.notes:
        st.info(told(note))
    with st.expander(_("What matched, and what did not")):
        for title, sample in (
            (_("Matched"), joined.sample_matched(5)),
            (_("No partner in the second file"), joined.sample_unmatched(5)),
            (_("Not used from the second file"), joined.sample_unused(5)),
        ):
            if len(sample):
                st.markdown(bold(title))
                st.dataframe(_with_reasons(sample.reset_index()), hide_index=True)


def _with_reasons(sample: pd.DataFrame) -> pd.DataFrame:
    if "reason" in sample:
        sample["reason"] = [_(REASONS.get(code, code)) for code in sample["reason"]]
    names = {"row": _("row"), "row_2": f"{_('row')} 2", "reason": _("reason")}
    return sample.rename(columns=lambda name: names.get(name, name))


def _plan_form(draft: Draft, table: pd.DataFrame) -> Plan | None:
    columns = list(table.columns)
    plan, guessed = draft.plan, draft.plan.roles

    def why(column: str | None) -> str | None:
        reason = draft.reasons.get(column or "")
        return _("Guessed: {reason}.", reason=_(reason.template)) if reason else None

    def pick(label: str, wanted: str | None) -> str | None:
        options = [None, *columns]
        index = options.index(wanted) if wanted in options else 0
        return st.selectbox(
            label, options, index=index, help=why(wanted),
            format_func=lambda name: _("(none)") if name is None else name,
        )  # fmt: skip

    if not guessed.headline:
        st.warning(_("No column looks like headlines. Choose it yourself."))
    with st.form("plan"):
        st.markdown(bold(_("Which column is which?")))
        left, right = st.columns(2)
        with left:
            index = columns.index(guessed.headline) if guessed.headline in columns else None
            headline = st.selectbox(_("Headline"), columns, index=index, help=why(guessed.headline))  # fmt: skip
            press = pick(_("Press outlet"), guessed.press)
            date = pick(_("Date or time"), guessed.date)
        with right:
            target = pick(_("Target: a return, or win/lose"), guessed.target)
            group = pick(_("Company"), guessed.group)
            numeric = st.multiselect(
                _("Continuous features"), columns, default=[n for n in guessed.numeric if n in columns],
                help=_("Numbers known before the headline. May be empty."), placeholder=_("none"),
            )  # fmt: skip
        with st.expander(_("Trading days and the target"), icon=":material/calendar_month:"):
            exchange, rule = _target_form(plan, columns)
        with st.expander(_("What is left out"), icon=":material/filter_alt:"):
            cleaning = _cleaning_form(plan.cleaning, joined=plan.join is not None)
        pressed = st.form_submit_button(_("Use this table"), type="primary")
    if not pressed:
        return None
    if headline is None:
        st.error(_("Choose the column that holds the headlines."))
        return None
    try:
        roles = Roles(headline, press, date, group, tuple(numeric), target)
        return Plan(roles, Exchange(*exchange), plan.join, TargetRule(**rule), cleaning)
    except UserError as error:
        st.error(told(error.message))
        return None


def _target_form(plan: Plan, columns: list[str]) -> tuple[tuple[str, str], dict[str, Any]]:
    left, right = st.columns(2)
    names = {
        "column": _("the target column as it stands"),
        "return": _("made here from closing prices"),
        "adjusted": _("made from closing prices, less a benchmark"),
    }
    options = ["", *columns]

    def pick(label: str, wanted: str) -> str:
        index = options.index(wanted) if wanted in options else 0
        return st.selectbox(label, options, index=index, format_func=lambda c: c or _("(none)"))

    with left:
        calendar = st.text_input(_("Exchange calendar"), value=plan.exchange.calendar)
        close = st.text_input(_("Close (HH:MM)"), value=plan.exchange.close, placeholder=_("of the calendar"))
        horizon = st.number_input(_("Horizon (sessions)"), 1, 250, plan.target.horizon)
    with right:
        sources = list(names)
        source = st.selectbox(
            _("Where the target comes from"), sources, index=sources.index(plan.target.source),
            format_func=lambda s: names[s],
        )  # fmt: skip
        price = pick(_("Closing price"), plan.target.price)
        benchmark = pick(_("Benchmark index"), plan.target.benchmark)
        above = st.number_input(
            _("Win where the return is above (%), empty for returns"),
            value=None if plan.target.win_above is None else plan.target.win_above * 100, step=0.1,
        )  # fmt: skip
    rule = {"source": source, "horizon": int(horizon), "price": price, "benchmark": benchmark,
            "win_above": None if above is None else above / 100}  # fmt: skip
    return (calendar.strip(), close.strip()), rule


def _cleaning_form(cleaning: Cleaning, joined: bool) -> Cleaning:
    chosen = {}
    for name, (label, words) in CLEANING.items():
        current = getattr(cleaning, name)
        if name == "unmatched" and not joined:
            chosen[name] = current
            continue
        chosen[name] = _choice(name, _(label), words, current)
    return Cleaning(**chosen)


def _choice(name: str, label: str, words: dict[str, str], current: str) -> str:
    options = list(words)
    index = options.index(current)
    picked = st.radio(
        label,
        options,
        index=index,
        horizontal=True,
        key=f"cleaning-{name}",
        format_func=lambda o: _(words[o]),
    )
    return picked or current
