"""The settings that are seldom changed, folded, and the settings as a file."""

from __future__ import annotations

import hashlib

import streamlit as st

from core.embed.pooling import POOLINGS
from core.errors import UserError
from core.tune.config import Config, read_config, to_toml
from core.tune.settings import CLASS_WEIGHTS, CLASSIFY, DISTANCES, FREEZE, LOSSES, TRIPLET, TuneSettings
from core.ui.text import _, as_typed, bold, pooling_name, translate_md
from core.ui.tune import fields
from core.ui.tune.fields import key


def more() -> None:
    """Draw the folded settings in three columns."""
    learning, encoder, test = st.columns(3, gap="medium")
    with learning:
        st.markdown(bold(_("How it learns")))
        _learning(fields.method())
    with encoder:
        st.markdown(bold(_("What of the encoder learns")))
        _encoder()
    with test:
        st.markdown(bold(_("How it is tested")))
        _test()


def _learning(method: str) -> None:
    losses = LOSSES[method]
    if st.session_state[key("loss")] not in losses:
        st.session_state[key("loss")] = losses[0]
    st.selectbox(_("Loss"), losses, format_func=lambda loss: _(fields.LOSS_NAMES[loss]), key=key("loss"))
    if method == TRIPLET:
        st.selectbox(
            _("Distance"),
            DISTANCES,
            format_func=lambda name: _(fields.DISTANCE_NAMES[name]),
            key=key("distance"),
        )
        st.number_input(_("Margin"), 0.0, 100.0, step=0.1, key=key("margin"))
    if method == CLASSIFY:
        st.selectbox(
            _("Class weights"),
            CLASS_WEIGHTS,
            format_func=lambda name: _(fields.WEIGHT_NAMES[name]),
            key=key("class_weight"),
        )
        st.number_input(_("Label smoothing"), 0.0, 0.5, step=0.05, key=key("label_smoothing"))
        st.number_input(
            _("Adversarial training (share of the embeddings)"),
            0.0,
            1.0,
            step=0.01,
            key=key("adversarial"),
            help=_(
                "Each text is learnt once more with its word embeddings moved to where the loss rises most: better on "
                "few texts, and twice the time. 0 switches it off; frozen lower layers do, too."
            ),
        )
    st.number_input(
        _("Texts of one step (batch)"),
        2,
        4096,
        key=key("batch_size"),
        help=_("What does not fit into memory at once is computed in parts; the step stays the same."),
    )
    st.text_input(
        _("Learning rate"),
        placeholder=_("by the encoder's size"),
        key=key("learning_rate"),
        help=_("Left empty: 1e-4 for small encoders, 2e-5 for larger ones."),
    )
    st.number_input(_("Warm-up (share of all steps)"), 0.0, 0.9, step=0.05, key=key("warmup"))
    st.number_input(_("Weight decay"), 0.0, 1.0, step=0.01, format="%.3f", key=key("weight_decay"))


def _encoder() -> None:
    st.selectbox(
        _("Pooling"),
        ["", *POOLINGS],
        format_func=lambda name: pooling_name(name) if name else _("the encoder's own"),
        key=key("pooling"),
    )
    st.number_input(_("Longest text (tokens)"), 8, 512, key=key("max_length"))
    st.selectbox(
        _("Word embeddings"),
        FREEZE,
        format_func=lambda name: _(fields.FREEZE_NAMES[name]),
        key=key("freeze_embeddings"),
        help=_(
            "A large vocabulary holds most of the weights, and few of its words occur in the texts: training it takes "
            "time and memory and changes little."
        ),
    )
    st.number_input(_("Lower layers kept as they are"), 0, 100, key=key("freeze_layers"))
    st.number_input(
        _("Rate of each lower layer (factor)"),
        0.1,
        1.0,
        step=0.05,
        key=key("layer_decay"),
        help=_("Below 1, lower layers learn more slowly than those above them."),
    )
    st.number_input(
        _("LoRA rank (0: none)"),
        0,
        256,
        key=key("lora_rank"),
        help=_("With LoRA only small matrices beside the weights are trained: less memory."),
    )
    st.checkbox(_("Save memory (slower)"), key=key("checkpointing"), help=_("Gradient checkpointing."))


def _test() -> None:
    st.slider(_("Share held out for the test (%)"), 5.0, 50.0, step=5.0, format="%d", key=key("test_share"))
    st.slider(
        _("Share that chooses the epoch (%)"),
        5.0,
        50.0,
        step=5.0,
        format="%d",
        key=key("valid_share"),
        help=_("Of what is not held out. Not used where a validation table is chosen."),
    )
    st.number_input(
        _("Epochs without improvement until it ends"), 0, 100, key=key("patience"), help=_("0: never.")
    )
    st.number_input(_("Seed"), 0, 2**31 - 1, key=key("seed"), help=_("The same seed gives the same tuning."))


def settings_file(settings: TuneSettings) -> None:
    """Offer the settings as TOML, and take them from TOML or INI."""
    brought = st.file_uploader(
        _("Settings from a file (TOML or INI)"), type=["toml", "ini", "cfg", "txt"], key="tune-file"
    )
    if brought is not None:
        _take(brought.getvalue())
    st.download_button(
        _("Save the settings as TOML"),
        to_toml(Config(settings)),
        "tune.toml",
        "application/toml",
        icon=":material/download:",
        key="tune-save",
        on_click="ignore",
    )


def _take(content: bytes) -> None:
    """Put the settings of a file into the fields, once for each file."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        config = read_config(content)
    except UserError as error:
        st.error(translate_md(error.message))
        return
    if st.session_state.get("tune-file-read") != digest:
        st.session_state["tune-file-read"] = digest
        fields.give(config.settings)
    st.caption(_("The fields show the file's settings; they can be changed."))
    if config.paths:
        paths = ", ".join(f"{name} = {path}" for name, path in config.paths.items())
        st.caption(_("Its paths count on the command line alone: {paths}", paths=as_typed(paths)))
