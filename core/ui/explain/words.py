"""The headline with its words coloured by what each adds to the prediction."""

from __future__ import annotations

import html

import streamlit as st

from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.explain import Contributions, WordContributions, explain_words
from core.train.features.inputs import Inputs
from core.train.features.registry import headline_groups
from core.train.run import Run
from core.ui.explain.names import PLACES
from core.ui.text import _, bold, class_name, md, points, translate_md
from core.ui.theme import palette

_LONG = 20  # characters of a word with its punctuation, from which on it may be broken
_STRONGEST = 55  # percent of colour behind the word that moves most


def coloured_words(
    run: Run, headline: str, row: Inputs, found: Contributions, place: int, chosen: int, key: str
) -> None:
    """Draw the headline of the row at a place of `found`, each word with what it adds; `row` are its other inputs.

    `key` tells the row from others of the run. Where the encoder is gone, a sentence says so.
    """
    st.markdown(bold(_("Which words?")))
    if not headline_groups() & set(found.groups):
        st.caption(_("The models of this run read no headlines, so no word moves their predictions."))
        return
    try:
        with st.spinner(_("Reading the headline without some of its words …")):
            said = _explained(run, headline, row, found, place, run.id, chosen, key)
    except UserError as error:
        st.caption(translate_md(error.message))
        return
    if not said.words:
        st.caption(_("The headline has no word that could be left out."))
        return
    st.html(f'<p class="coloured">{_written(said, _largest_of_table(found, place))}</p>')
    st.caption(_note(said))


@st.cache_data(max_entries=256, show_spinner=False, scope="session")
def _explained(
    _run: Run,
    headline: str,
    _row: Inputs,
    _found: Contributions,
    _place: int,
    run_id: str,
    chosen: int,
    key: str,
) -> WordContributions:
    return explain_words(_run, headline, _row, _found, _place, chosen)


def _largest_of_table(found: Contributions, place: int) -> float:
    """Return how far the table's strongest group moves the row: words that move it less are to look pale beside it."""
    of_table = [group not in headline_groups() for group in found.groups]
    return float(abs(found.values[MEAN][place, of_table]).max(initial=0.0))


def _written(said: WordContributions, strong: float = 0.0) -> str:
    """Return the headline as HTML: each word coloured, with its number, and its punctuation beside it, escaped.

    The colour is full at `strong`, or at the word that moves most where that is more.
    """
    places = PLACES[said.label is not None]
    values, errors = said.values[MEAN], said.errors[MEAN]
    most = max(float(abs(values).max()), strong, 1e-12)
    parts = []
    for word, value, error in zip(said.words, values, errors, strict=True):
        shade = palette().high if value > 0 else palette().low
        strength = round(_STRONGEST * abs(float(value)) / most)
        number = points(float(value), places)
        told = number if said.exact else f"{number} ± {points(float(error), places).lstrip('+')}"
        before, text, after = map(html.escape, (word.before, word.text, word.after))
        parts.append(
            f'<span{" class=long" * (len(word.whole) > _LONG)}>{before}<b style="background: color-mix(in srgb, {shade} {strength}%, transparent)" title="{told}">'
            f"{text}<small>{number}</small></b>{after}</span>{word.gap}"
        )
    return "".join(parts)


def _note(said: WordContributions) -> str:
    places = PLACES[said.label is not None]
    words: dict[str, object] = {"total": points(said.total[MEAN], places)}
    if said.label is not None:
        words["label"] = class_name(said.label)
        note = md(
            "The number below a word is what it adds to the probability of {label}, in percentage points, on average "
            "over what else is read with it. Together they are {total}, the headline's contribution.",
            **words,
        )
    else:
        note = md(
            "The number below a word is what it adds to the predicted return, in percentage points, on average over what "
            "else is read with it. Together they are {total}, the headline's contribution.",
            **words,
        )
    if said.exact:
        return note
    sampled = md(
        "There are too many words to read every combination, so some were drawn: the largest standard error is {error}.",
        error=points(float(said.errors[MEAN].max()), places).lstrip("+"),
    )
    return f"{note} {sampled}"
