"""The settings of a tuning, and what they will do."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.data.dataset import Dataset
from core.embed import cards, resolve
from core.embed.pooling import POOLINGS
from core.embed.sts import read_pairs
from core.errors import Message, UserError
from core.locale import N_
from core.tune.config import read_config, write_config
from core.tune.pipeline import Source
from core.tune.settings import (
    CLASS_WEIGHTS,
    CLASSIFY,
    DISTANCES,
    LABELS,
    LOSSES,
    METHODS,
    PAIRS,
    TARGET,
    TERCILES,
    TRIPLET,
    TuneSettings,
)
from core.ui import state
from core.ui.text import _, count, md, pooling_name, translate_md

FORMATS = ["csv", "tsv", "xlsx", "parquet", "json"]
_LOSS_NAMES = {
    "cross_entropy": N_("cross-entropy"),
    "batch_all": N_("all triplets"),
    "batch_hard": N_("hardest triplets"),
    "batch_semi_hard": N_("semi-hard triplets"),
    "batch_hard_soft_margin": N_("hardest triplets, soft margin"),
    "cosine": N_("cosine against the score"),
    "cosent": N_("CoSENT: the order of the scores"),
    "softmax": N_("softmax over the labels"),
    "multiple_negatives": N_("multiple negatives (positive pairs)"),
}
_DISTANCE_NAMES = {"cosine": N_("cosine"), "euclidean": N_("Euclidean")}
_WEIGHT_NAMES = {"none": N_("every text counts the same"), "balanced": N_("every class counts the same")}


def settings_form(data: Dataset, running: bool) -> tuple[Source, TuneSettings] | None:
    """Ask for the settings; return what to tune on and how once the button is pressed, None before.

    While a tuning is `running` it cannot be pressed.
    """
    left, middle, right = st.columns([2, 2, 2], gap="medium")
    with left:
        method = st.segmented_control(
            _("Method"),
            list(METHODS),
            default=CLASSIFY,
            format_func=lambda m: _(METHODS[m]),
            key="tune-method",
        )
    method = method or CLASSIFY
    with middle:
        encoder = _encoder()
    with right:
        labels, source = _source(data, method)
    try:
        settings = _more(TuneSettings(method=method, encoder=encoder, labels=labels))
        if source is not None:
            st.markdown(_plan(source, settings))
    except UserError as error:
        st.error(translate_md(error.message))
        return None
    pressed = st.button(
        _("Tune the encoder"),
        type="primary",
        disabled=running or source is None,
        icon=":material/school:",
    )
    return (source, settings) if pressed and source is not None else None


def _encoder() -> str:
    names = {card.id: card.name for card in cards() if card.available}
    chosen = state.encoder() if state.encoder() in names else next(iter(names))
    picked = st.selectbox(
        _("Encoder"),
        list(names),
        index=list(names).index(chosen),
        format_func=lambda name: names[name],
        key="tune-encoder",
        help=_("An encoder that is not on this machine is fetched on the page Embed."),
    )
    return str(picked)


def _source(data: Dataset, method: str) -> tuple[str, Source | None]:
    """Return where labels come from, and what to tune on; None where a file is still to be brought."""
    if method == PAIRS:
        file = st.file_uploader(_("Sentence pairs with a score or a label"), type=FORMATS, key="tune-pairs")
        if file is None:
            return TARGET, None
        return TARGET, Source(pairs=read_pairs(file.getvalue()), name=file.name)
    choices = [TARGET, TERCILES] if data.target_kind == "return" else [TARGET]
    names = LABELS | ({TARGET: N_("win or lose")} if data.target_kind == "return" else {})
    labels = st.selectbox(_("Labels"), choices, format_func=lambda key: _(names[key]), key="tune-labels")
    return str(labels), Source(dataset=data, name=data.name)


def _more(settings: TuneSettings) -> TuneSettings:
    """Ask for what is seldom changed."""
    with st.expander(_("More settings"), icon=":material/tune:"):
        learning, encoder, file = st.columns(3, gap="medium")
        with learning:
            loss = st.selectbox(
                _("Loss"),
                LOSSES[settings.method],
                format_func=lambda key: _(_LOSS_NAMES[key]),
                key=f"tune-loss-{settings.method}",
            )
            settings = replace(
                settings,
                loss=str(loss),
                epochs=int(st.number_input(_("Epochs"), 1, 100, 6, key="tune-epochs")),
                batch_size=int(st.number_input(_("Batch"), 2, 4096, 32, key="tune-batch")),
                learning_rate=_rate(),
                patience=int(st.number_input(_("Patience (epochs)"), 0, 100, 3, key="tune-patience")),
            )
            settings = _of_method(settings)
        with encoder:
            settings = _of_encoder(settings)
        with file:
            settings = _file(settings)
    return settings


def _rate() -> float:
    text = st.text_input(
        _("Learning rate"), placeholder=_("by the encoder's size"), key="tune-rate", help="1e-4, 2e-5 …"
    )
    try:
        return float(text or 0)
    except ValueError as error:
        raise UserError(N_("The learning rate {text} is no number."), text=text) from error


def _of_method(settings: TuneSettings) -> TuneSettings:
    if settings.method == TRIPLET:
        distance = st.selectbox(
            _("Distance"), DISTANCES, format_func=lambda key: _(_DISTANCE_NAMES[key]), key="tune-distance"
        )
        margin = st.number_input(_("Margin"), 0.0, 100.0, 0.5, 0.1, key="tune-margin")
        return replace(settings, distance=str(distance), margin=float(margin))
    if settings.method == CLASSIFY:
        weight = st.selectbox(
            _("Class weights"),
            CLASS_WEIGHTS,
            format_func=lambda key: _(_WEIGHT_NAMES[key]),
            key="tune-weights",
        )
        smoothing = st.number_input(_("Label smoothing"), 0.0, 0.5, 0.0, 0.05, key="tune-smoothing")
        return replace(settings, class_weight=str(weight), label_smoothing=float(smoothing))
    return settings


def _of_encoder(settings: TuneSettings) -> TuneSettings:
    pooling = st.selectbox(
        _("Pooling"),
        ["", *POOLINGS],
        format_func=lambda key: pooling_name(key) if key else _("the encoder's own"),
        key="tune-pooling",
    )
    return replace(
        settings,
        pooling=str(pooling),
        max_length=int(st.number_input(_("Longest text (tokens)"), 8, 512, 96, key="tune-length")),
        freeze_layers=int(st.number_input(_("Frozen lower layers"), 0, 100, 0, key="tune-frozen")),
        layer_decay=float(
            st.number_input(_("Rate of each lower layer (factor)"), 0.1, 1.0, 1.0, 0.05, key="tune-decay")
        ),
        lora_rank=int(st.number_input(_("LoRA rank (0: none)"), 0, 256, 0, key="tune-lora")),
        checkpointing=st.checkbox(_("Save memory (slower)"), key="tune-memory"),
    )


def _file(settings: TuneSettings) -> TuneSettings:
    share = st.slider(_("Share held out for the test (%)"), 10, 50, 20, 5, key="tune-test")
    seed = st.number_input(_("Seed"), 0, 10_000, 42, key="tune-seed")
    settings = replace(settings, test_share=share / 100, seed=int(seed))
    brought = st.file_uploader(
        _("Settings from a file (TOML or INI)"), type=["toml", "ini", "cfg"], key="tune-file"
    )
    if brought is not None:
        text = brought.getvalue().decode("utf-8-sig", "replace")
        settings = replace(settings, **{"loss": ""} | read_config(text).settings)
        st.caption(_("The file's settings count in place of those above."))
    st.download_button(
        _("Save the settings"),
        write_config(settings),
        "tuning.toml",
        icon=":material/download:",
        key="tune-save",
    )
    return settings


def _plan(source: Source, settings: TuneSettings) -> str:
    """Say how many examples learn, choose the epoch and test."""
    examples, parts = source.split(settings.resolved(resolve(settings.encoder)))
    template = N_(
        "{train} texts to learn from, {valid} to choose the epoch, {test} for the test, which the training never sees."
    )
    words = {"train": len(parts.train), "valid": len(parts.valid), "test": len(parts.test)}
    lines = [md(template, **{name: count(number) for name, number in words.items()})]
    if examples.has_sessions:
        lines.append(
            _(
                "The test are the last sessions: a run that holds out the same share stays clean; earlier ones do not."
            )
        )
    lines += [translate_md(note) for note in examples.notes if isinstance(note, Message)]
    return " ".join(lines)
