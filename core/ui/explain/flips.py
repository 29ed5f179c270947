"""What would have changed what the models say of a row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.explain import Contributions
from core.explain.flips import FEATURE, OUTLET, WORD, Flip, Flips, flips
from core.train.run import Run
from core.ui.explain.names import group_name, number
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, bold, class_name, md, percent, signed_percent, translate_md


def flips_of_row(
    run: Run, data: Dataset, vectors: np.ndarray, found: Contributions, place: int, chosen: int
) -> None:
    """Say which smallest single change would have turned what the models say of the explained row at this place.

    `vectors (rows, dim)` are those of the whole dataset, `chosen` is the number of the explained class. Where there is
    more than one such change, the others follow in a table.
    """
    st.markdown(bold(_("What would have changed the prediction?")))
    with st.spinner(_("Trying other values, outlets and words …")):
        row = int(found.rows[place])
        made = _flips(run, data, vectors, found, place, run.id, chosen, row)
    if made.found:
        st.markdown(_sentence(run, made))
    elif any(made.tried.values()):
        st.markdown(_("No single change that was tried would have turned what the models say."))
    else:
        st.markdown(_("This row has nothing that could be changed."))
    if len(made.found) > 1:
        table(
            _listed(run, made, chosen),
            "explained-flips",
            _("Every change that would have turned it, the smallest first"),
            rows=6,
        )
    if made.unread:
        st.caption(translate_md(made.unread))
    st.caption(_note(made))


@st.cache_data(max_entries=256, show_spinner=False, scope="session")
def _flips(
    _run: Run,
    _data: Dataset,
    _vectors: np.ndarray,
    _found: Contributions,
    _place: int,
    run_id: str,
    chosen: int,
    row: int,
) -> Flips:
    return flips(_run, _data, _vectors, _found, _place, chosen)


def _sentence(run: Run, made: Flips) -> str:
    flip = made.found[0]
    words = {"name": flip.name, "before": _value(flip.before), "after": _value(flip.after)}
    if flip.kind == FEATURE:
        words["name"] = group_name(flip.name)
    if run.classes:
        words["label"] = class_name(run.classes[flip.said.call])
        words["chance"] = percent(flip.said.chance)
        if flip.kind == WORD:
            return md("Without the word “{name}” the models would have said {label} ({chance}).", **words)
        if flip.kind == OUTLET:
            return md(
                "From the outlet {after} instead of {before} the models would have said {label} ({chance}).",
                **words,
            )
        return md(
            "With {name} at {after} instead of {before} the models would have said {label} ({chance}).",
            **words,
        )
    words["predicted"] = signed_percent(flip.said.value)
    if flip.kind == WORD:
        return md("Without the word “{name}” the models would have predicted {predicted}.", **words)
    if flip.kind == OUTLET:
        return md(
            "From the outlet {after} instead of {before} the models would have predicted {predicted}.",
            **words,
        )
    return md(
        "With {name} at {after} instead of {before} the models would have predicted {predicted}.", **words
    )


def _listed(run: Run, made: Flips, chosen: int) -> pd.DataFrame:
    """Return the table of the changes; the row as it is stands first."""
    flips_of = made.found
    columns = {
        _("what changes"): [_("as it is"), *(_changed(flip) for flip in flips_of)],
        _("in the row"): ["", *("" if flip.kind == WORD else _value(flip.before) for flip in flips_of)],
        _("instead"): [
            "",
            *(_("left out") if flip.kind == WORD else _value(flip.after) for flip in flips_of),
        ],
    }
    said = [made.said, *(flip.said for flip in flips_of)]
    if run.classes:
        columns[_("what the models say")] = [class_name(run.classes[one.call]) for one in said]
        title = _("probability of {label}", label=class_name(run.classes[chosen]))
        columns[title] = [percent(one.value) for one in said]
    else:
        columns[_("predicted return")] = [signed_percent(one.value) for one in said]
    columns[_("size of the change")] = ["", *(_size(flip, made.tried[WORD]) for flip in flips_of)]
    return pd.DataFrame(columns)


def _changed(flip: Flip) -> str:
    if flip.kind == OUTLET:
        return _("outlet")
    return group_name(flip.name) if flip.kind == FEATURE else _("the word “{word}”", word=flip.name)


def _value(value: float | str | None) -> str:
    if value is None:
        return UNKNOWN
    return value if isinstance(value, str) else number(value)


def _size(flip: Flip, words: int) -> str:
    if flip.kind == FEATURE:
        return _("passes {share} of the rows", share=percent(flip.distance))
    return _("1 of {n} words", n=words) if flip.kind == WORD else _("another outlet")


def _note(made: Flips) -> str:
    tried = md(
        "Tried one at a time: other values of the features ({features}), leaving a word out ({words}), another outlet "
        "({outlets}). A change of a feature is the larger, the more rows it passes on its way; of a word, the larger its "
        "share of the headline.",
        features=made.tried[FEATURE],
        words=made.tried[WORD],
        outlets=made.tried[OUTLET],
    )
    caveat = _("This is a change of the models' input, not a cause in the market.")
    return caveat + " " + tried
