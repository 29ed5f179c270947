"""What a page says and where it leads while something that it needs is missing."""

from dataclasses import replace

import pytest

from core.data.library import delete_dataset, load_dataset, save_dataset
from core.train.runs import list_runs
from core.ui import pages
from core.ui.guards import Given, need
from core.ui.navigation import title
from core.ui.pages import PAGES, Page
from tests.makers.apps import open_page
from tests.makers.tables import SMALL, saved

NEEDY = [page.key for page in pages.stages() if page.needs]


def _leads_to(app):
    return [button.label.removeprefix("Go to “").removesuffix("”") for button in app.button]


@pytest.mark.parametrize("key", NEEDY)
def test_a_page_without_a_table_says_so_and_leads_to_the_data_page(home, key):
    app = open_page(key)
    assert app.info
    assert title(PAGES["data"]) in _leads_to(app)


@pytest.mark.parametrize("key", [key for key in NEEDY if pages.RUN in PAGES[key].needs])
def test_a_page_of_a_table_without_a_run_leads_to_the_train_page(home, key):
    app = open_page(key, dataset=saved(SMALL))
    assert title(PAGES["train"]) in _leads_to(app)


def test_a_table_without_a_target_is_not_trained_on(home):
    without = "\n".join(line.rpartition(",")[0] for line in SMALL.splitlines())
    app = open_page("train", dataset=saved(without))
    assert any("no target" in info.value for info in app.info)
    assert not app.button


@pytest.mark.slow
@pytest.mark.parametrize("key", ["train", "evaluate", "explain", "predict"])
def test_a_page_on_which_no_run_is_chosen_opens_the_newest_of_the_table(small_lab, key):
    app = open_page(key, dataset=small_lab.dataset)
    assert not app.exception
    assert app.session_state["chosen_run"] == list_runs(small_lab.dataset)[0].id


@pytest.mark.slow
@pytest.mark.parametrize("key", ["embed", "train", "evaluate", "explain", "maps", "predict"])
def test_a_link_to_a_run_alone_brings_its_table_and_its_encoder(small_lab, key):
    app = open_page(key, run=small_lab.run)
    assert not app.exception
    assert app.session_state["chosen_dataset"] == small_lab.dataset
    if pages.RUN in PAGES[key].needs:
        assert app.session_state["chosen_encoder"] == small_lab.encoder


def test_a_run_of_another_table_is_never_shown(small_lab):
    other = replace(load_dataset(small_lab.dataset), id="fedcba9876543210", name="other")
    save_dataset(other)
    try:
        app = open_page("evaluate", dataset=other.id, run=small_lab.run)
        assert not app.exception
        assert not any("ROC AUC" in subheader.value for subheader in app.subheader)
        assert title(PAGES["train"]) in _leads_to(app)
    finally:
        delete_dataset(other.id)


def test_a_table_without_vectors_is_led_to_the_embed_page(small_lab, tmp_path):
    app = open_page("train", dataset=small_lab.dataset, pooling="mean", encoder=str(tmp_path))
    assert any("no vectors yet" in info.value for info in app.info)
    assert title(PAGES["embed"]) in _leads_to(app)


@pytest.mark.parametrize("key", ["evaluate", "explain"])
@pytest.mark.parametrize("run", ["../../etc", "ffffffffffffffff"])
def test_a_link_to_a_run_that_is_gone_says_so(small_lab, run, key):
    app = open_page(key, "ko", dataset=small_lab.dataset, run=run)
    assert not app.exception
    assert app.error


def test_a_link_to_a_dataset_that_is_gone_leads_to_the_data_page(home):
    app = open_page("embed", dataset="0000000000000000")
    assert not app.exception
    assert any("No table is chosen" in info.value for info in app.info)


def test_an_unknown_encoder_gets_one_sentence(small_lab):
    app = open_page("embed", dataset=small_lab.dataset, encoder="/no/such/folder")
    assert not app.exception
    assert any("does not exist on this machine" in error.value for error in app.error)


def test_a_page_gets_nothing_that_its_entry_does_not_name():
    given = Given(Page("odd", "pages/9_odd.py", "Odd", "?", "!"))
    for thing in ("data", "vectors", "run"):
        with pytest.raises(LookupError, match="does not say in its entry"):
            getattr(given, thing)


def test_a_need_that_nobody_can_open_is_a_mistake_in_the_entry():
    with pytest.raises(ValueError, match="'wings', which nobody can open"):
        need(Page("odd", "pages/9_odd.py", "Odd", "?", "!", needs=("wings",)))
