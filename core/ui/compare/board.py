"""The top of the compare page: which candidate is best, whether that can be told, and the board itself."""

from __future__ import annotations

import streamlit as st

from core.compare.groups import TESTS, Group
from core.compare.leaderboard import Leaderboard
from core.compare.pairwise import BETTER
from core.compare.recommendation import Recommendation, recommend
from core.errors import UserError
from core.evaluate.metrics import shown as written_score
from core.locale import P_
from core.ui import jobs, navigation
from core.ui.cards import Card, cards
from core.ui.compare import board_picture, board_table
from core.ui.compare.cache import GROUP, board_of, figures_of, named
from core.ui.compare.filters import filtered
from core.ui.compare.shown import Shown
from core.ui.evaluate.text import ends_of, metric_title
from core.ui.evaluate.verdict import Verdict
from core.ui.text import UNKNOWN, _, count, percent, translate_md
from core.ui.theme import palette


def board(shown: Shown) -> None:
    """Draw the answer, the picture and the board of a table's runs; say how to begin where there is no run."""
    if not shown.runs:
        _nothing_yet(shown)
        return
    try:
        made = board_of(shown)
    except UserError as error:
        st.warning(translate_md(error.message), icon=":material/warning:")
        return
    told = named(made)
    left, right = st.columns([5, 6], gap="large")
    with left:
        _answer(made, told)
    places = filtered(made)
    with right:
        board_picture.picture(made, places, told)
    if not places:
        st.info(_("No candidate fits these filters."))
        return
    board_table.board_table(made, places, figures_of(made))
    board_table.to_measure(made)


def _nothing_yet(shown: Shown) -> None:
    if jobs.panel("train", dataset=shown.data.id):
        return
    st.info(
        _(
            "This table has no run yet. Train the models once, or a whole grid of encoders, poolings and models below: every "
            "run stands here, tested on the same rows, with what can and what cannot be told apart."
        ),
        icon=":material/leaderboard:",
    )
    if st.button(_("Go to “{page}”", page=navigation.title(navigation.PAGES["train"])), type="primary"):
        navigation.go("train")


def _answer(made: Leaderboard, told: dict[str, str]) -> None:
    found = recommend(made)
    st.html(_verdict(made, told[found.best.key]).html("side"))
    st.markdown(translate_md(found.sentences[0]))
    _cards(made)
    _further(found)
    st.caption(_luck(made))
    _compared(made)


def _verdict(made: Leaderboard, name: str) -> Verdict:
    colours, best = palette(), made.best
    metric, run = made.metric.name, best.candidate.run
    mark, word, shade = "?", _("No verdict on the best"), colours.unsure
    if not made.withheld and made.enough:
        if made.against_chance.verdict != BETTER:
            word = _("Nothing here can be told from chance")
        elif len(made.equals) > 1:
            mark, word = "≈", _("The best cannot be told from {n} others", n=len(made.equals) - 1)
        else:
            mark, word, shade = "✓", _("One is better than all others"), colours.good
    sure = made.enough and not made.withheld
    return Verdict(
        mark,
        word,
        shade,
        written_score(made.metric, best.score.value),
        ends_of(metric, best.score, sure),
        f"{metric_title(run, metric)} · {name}",
    )


def _cards(made: Leaderboard) -> None:
    others, standing = len(made.places) - 1, made.best.ranks
    drawn = []
    if others and not made.withheld:
        drawn.append(
            Card(
                _("Not told from the best"),
                f"{len(made.equals) - 1}",
                _("of {n:,} others", n=others),
                _(
                    "All pairs of candidates are compared at once, and the level of each verdict allows for that."
                ),
            )
        )
    if standing is not None and others:
        places = f"{standing.low}–{standing.high}" if standing.low < standing.high else f"{standing.low}"
        drawn.append(
            Card(
                _("Rank of the best"),
                places,
                _("first in {share}", share=percent(standing.first)),
                _(
                    "Where it stands in 95% of the resamples of the same sessions, all candidates in each of them."
                ),
            )
        )
    if (deflated := made.deflated) is not None and deflated.accesses > 1:
        drawn.append(
            Card(
                _("Less the luck of choosing"),
                written_score(made.metric, deflated.deflated),
                _("the best of {n:,}", n=deflated.accesses),
                _(
                    "The best of so many scores without any skill would be flattered by about as much as was taken off."
                ),
            )
        )
    if drawn:
        cards(drawn)


def _further(found: Recommendation) -> None:
    for icon, sentence in zip((":material/savings:", ":material/explore:"), found.sentences[1:], strict=True):
        st.markdown(f"{icon} {translate_md(sentence)}")


def _luck(made: Leaderboard) -> str:
    """Say how much of the best score is the luck of choosing it."""
    deflated = made.deflated
    if deflated is None or deflated.accesses < 2 or deflated.luck != deflated.luck:
        return ""
    return _(
        "The best of {n:,} scores ({candidates:,} candidates, {others:,} other tests of these rows) is flattered by about "
        "{luck} even where none has any skill; less that luck it is {deflated}, rather too little as candidates say much the "
        "same.",
        n=deflated.accesses,
        candidates=len(made.places),
        others=made.other_tests,
        luck=written_score(made.metric, abs(deflated.luck), difference=True).lstrip("+"),
        deflated=written_score(made.metric, deflated.deflated),
    )


def _compared(made: Leaderboard) -> None:
    """Say which runs are compared and which are left out, and let another group be chosen."""
    groups = made.all.groups
    if len(groups) > 1:
        by_key = {group.key: group for group in groups}
        st.selectbox(
            _("Compared are runs that were tested on the same rows"),
            list(by_key),
            index=list(by_key).index(made.group.key),
            format_func=lambda key: _group_name(by_key[key]),
            key=GROUP,
        )
    out = len(made.left_out)
    if out:
        st.caption(
            _(
                P_(
                    "{n:,} run is left out: it was tested on other rows, in another unit or over another horizon, or its "
                    "files are damaged.",
                    "{n:,} runs are left out: they were tested on other rows, in another unit or over another horizon, or "
                    "their files are damaged.",
                ),
                n=out,
            )
        )


def _group_name(group: Group) -> str:
    runs = _(P_("{n:,} run", "{n:,} runs"), n=len(group.runs))
    sessions = _("{n:,} sessions", n=group.sessions) if group.sessions else UNKNOWN
    return f"{runs} · {_(TESTS[group.tests])} · {count(len(group.tested))} · {sessions}"
