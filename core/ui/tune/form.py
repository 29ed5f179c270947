"""The settings of a tuning, what it will learn from and be tested on, and its start."""

from __future__ import annotations

import json
from dataclasses import dataclass

import streamlit as st

from core.data.dataset import Dataset
from core.embed import cards, resolve
from core.embed.encoder_card import EncoderCard
from core.errors import Message, UserError
from core.jobs import Report
from core.locale import N_
from core.tune.pipeline import Source, tune, tuning_folder
from core.tune.settings import METHODS, TuneSettings
from core.ui import jobs, navigation, state
from core.ui.cards import Card
from core.ui.cards import cards as draw_cards
from core.ui.pages import PAGES
from core.ui.text import _, count, translate_md
from core.ui.tune import fields
from core.ui.tune.fields import key
from core.ui.tune.more import more, settings_file
from core.ui.tune.source import source


@dataclass(frozen=True)
class Planned:
    """What a tuning would work on: how many examples do what, where its checkpoint lies, and what was left out."""

    train: int
    valid: int
    test: int
    left_out: int
    classes: int
    dated: bool
    folder: str
    notes: tuple[Message, ...]


def form(data: Dataset | None, running: bool) -> None:
    """Ask for the settings and say what they mean; start once the button is pressed, which it cannot be while one runs."""
    available = {card.id: card for card in cards() if card.available}
    fields.begin(TuneSettings(encoder=_first(available)))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            _("Method"),
            list(METHODS),
            format_func=lambda m: _(METHODS[m].title),
            key=key("method"),
            required=True,
        )
        _encoder(available)
        st.number_input(_("Epochs"), 1, 100, key=key("epochs"), width=140)
    st.caption(_(METHODS[fields.method()].purpose))
    plan = st.container()
    try:
        with plan:
            given = source(data)
    except UserError as error:
        plan.error(translate_md(error.message))
        given = None
    with st.expander(_("More settings"), icon=":material/tune:"):
        more()
        _file()
    with plan:
        _start(given, data, running)


def _first(available: dict[str, EncoderCard]) -> str:
    return state.encoder() if state.encoder() in available else next(iter(available), state.encoder())


def _encoder(available: dict[str, EncoderCard]) -> None:
    wanted = st.session_state[key("encoder")]
    if wanted not in available:
        st.session_state[key("encoder")] = _first(available)
        st.session_state["tune-missing"] = wanted
    st.selectbox(
        _("Encoder"),
        list(available),
        format_func=lambda name: available[name].name,
        key=key("encoder"),
        width=340,
        help=_(
            "Those on this machine; others are downloaded on the page “{page}”.",
            page=navigation.title(PAGES["embed"]),
        ),
    )


def _file() -> None:
    try:
        settings = fields.settings()
    except UserError:
        settings = TuneSettings()
    settings_file(settings)
    if missing := st.session_state.pop("tune-missing", ""):
        message = Message(
            N_("The encoder {name} is not on this machine: download it first, or choose another."),
            {"name": missing},
        )
        st.warning(translate_md(message))


def _start(given: tuple[Source, str] | None, data: Dataset | None, running: bool) -> None:
    """Say what the examples are, and offer to begin."""
    planned, settings = None, None
    try:
        settings = fields.settings()
        settings = settings.resolved(resolve(settings.encoder))
        if given is not None:
            with st.spinner(_("Splitting the texts …")):
                planned = _planned(given[0], given[1], settings)
    except UserError as error:
        st.error(translate_md(error.message))
    if planned is not None:
        _say(planned)
    pressed = st.button(
        _("Tune the encoder"), type="primary", disabled=running or planned is None, icon=":material/school:"
    )
    if pressed and planned is not None and settings is not None and given is not None:
        _submit(given[0], settings, planned, data)


@st.cache_resource(max_entries=8, show_spinner=False)
def _planned(_source: Source, content: str, settings: TuneSettings) -> Planned:
    """Split the examples, once per content and settings; raises `UserError` as `Source.split` does."""
    examples, parts = _source.split(settings)
    return Planned(
        train=len(parts.train),
        valid=len(parts.valid),
        test=len(parts.test),
        left_out=len(parts.left_out),
        classes=len(examples.classes),
        dated=examples.has_sessions,
        folder=str(tuning_folder(examples, settings)),
        notes=examples.notes,
    )


def _say(planned: Planned) -> None:
    draw_cards(
        [
            Card(_("To learn from"), count(planned.train)),
            Card(_("To choose the epoch"), count(planned.valid)),
            Card(
                _("To test on"),
                count(planned.test),
                _("the last sessions") if planned.dated else _("drawn by class"),
                _("The training never sees them; near-duplicates of them are in no other part."),
            ),
            Card(
                _("In none"),
                count(planned.left_out),
                "",
                _("Near-duplicates of the test, and sessions whose outcome was not known yet."),
            ),
        ]
    )
    if planned.dated:
        st.caption(
            _(
                "A run with this encoder is clean where it tests on the same last sessions; on earlier ones it is not."
            )
        )
    for note in planned.notes:
        st.caption(translate_md(note))


def _submit(given: Source, settings: TuneSettings, planned: Planned, data: Dataset | None) -> None:
    def work(report: Report) -> dict[str, str]:
        return {"tuned": tune(given, settings, report).id}

    subject = {
        "settings": json.dumps(settings.as_dict(), sort_keys=True),
        "folder": planned.folder,
        "classes": str(planned.classes),
    }
    if data is not None and given.dataset is not None:
        subject["dataset"] = data.id
    size = settings.epochs * planned.train
    jobs.submit("tune", subject, work, size, f"tune-{settings.method}-{settings.encoder}")
