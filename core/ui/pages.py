"""The pages: one entry each, in the order of the way. Number, navigation, tiles and guards follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from core.locale import N_

DATASET, TARGET, VECTORS, RUN = "dataset", "target", "vectors", "run"


@dataclass(frozen=True)
class Page:
    """A page of the app.

    `file` is beside `app.py` or in `pages/`, where it is called `<number>_<key>.py`: Streamlit's address of a
    page is its file's name without the number. `question` is its heading, `purpose` what it is for, and
    `invitation` the button that leads to it from the page before. `needs` is what must be there before the page
    can be drawn, in the order in which it is asked for, and `makes` what other pages then have from it.
    `shows_run` opens the table's newest run where none is chosen; `hands_over` opens the page after this one once
    a job has made what this one makes.
    """

    key: str
    file: str
    name: str
    question: str
    purpose: str
    invitation: str = ""
    needs: tuple[str, ...] = ()
    makes: str = ""
    shows_run: bool = False
    hands_over: bool = False


_ENTRIES = (
    Page(
        "home",
        "app.py",
        N_("Start"),
        N_("Does the headline say anything about the outcome?"),
        N_("From a table of headlines to an honest score and an explained prediction."),
    ),
    Page(
        "data",
        "pages/1_data.py",
        N_("Data"),
        N_("What does the table hold?"),
        N_("Load a table, say what each column is, and see how much evidence it really holds."),
        makes=DATASET,
    ),
    Page(
        "embed",
        "pages/2_embed.py",
        N_("Embed"),
        N_("How do headlines become vectors?"),
        N_("An encoder turns each distinct headline into a vector once and stores it."),
        N_("Next: embed the headlines"),
        needs=(DATASET,),
        makes=VECTORS,
    ),
    Page(
        "train",
        "pages/3_train.py",
        N_("Train"),
        N_("What do the models learn from?"),
        N_("The models learn from one part of the table and are tested on another that they never saw."),
        N_("Next: train the models"),
        needs=(DATASET, TARGET, VECTORS),
        makes=RUN,
        shows_run=True,
        hands_over=True,
    ),
    Page(
        "evaluate",
        "pages/4_evaluate.py",
        N_("Evaluate"),
        N_("Do the headlines really help?"),
        N_(
            "Scores on rows that the models have never seen, each with its interval, and what you can do with them."
        ),
        N_("Next: do the headlines help?"),
        needs=(DATASET, RUN, VECTORS),
        shows_run=True,
    ),
    Page(
        "explain",
        "pages/5_explain.py",
        N_("Explain"),
        N_("Why does the model think so?"),
        N_("How much the headline, each feature and the press outlet moved each prediction."),
        N_("Next: why does the model think so?"),
        needs=(DATASET, RUN, VECTORS),
        shows_run=True,
    ),
    Page(
        "maps",
        "pages/6_maps.py",
        N_("Maps"),
        N_("Which headlines lie close together?"),
        N_("A map of the embeddings: headlines that the encoder finds similar lie close together."),
        N_("Next: see the headlines on a map"),
        needs=(DATASET, VECTORS),
        shows_run=True,
    ),
    Page(
        "predict",
        "pages/7_predict.py",
        N_("Predict"),
        N_("What would the models say about this headline?"),
        N_(
            "Type a headline and its features: you get the prediction, the reasons, and similar earlier headlines."
        ),
        N_("Next: try a headline of your own"),
        needs=(DATASET, RUN, VECTORS),
        shows_run=True,
    ),
    Page(
        "compare",
        "pages/8_compare.py",
        N_("Compare"),
        N_("Which encoder and which model are best?"),
        N_("Every run of this table on one board, with what can and what cannot be told apart."),
        N_("Next: compare encoders and models"),
        needs=(DATASET,),
    ),
    Page(
        "tune",
        "pages/9_tune.py",
        N_("Tune"),
        N_("Does fine-tuning make the encoder better?"),
        N_(
            "An encoder learns from labelled texts, and is compared with what it was on a test that it never saw."
        ),
        N_("Next: teach the encoder"),
    ),
)
PAGES = {page.key: page for page in _ENTRIES}


def stages() -> list[Page]:
    """Return the numbered pages in order: all but the home page."""
    return sorted((page for page in PAGES.values() if number(page)), key=number)


def number(page: Page) -> int:
    """Return the number in the name of a page's file; 0 for the home page."""
    first, _underscore, _key = PurePosixPath(page.file).name.partition("_")
    return int(first) if first.isdigit() else 0


def after(page: Page) -> Page | None:
    """Return the page with the next number, None after the last."""
    return next((other for other in stages() if number(other) > number(page)), None)


def maker(thing: str) -> Page:
    """Return the page that makes what another one needs."""
    return next(page for page in PAGES.values() if page.makes == thing)
