"""What is computed of a tuned encoder on demand."""

import dataclasses

import numpy as np
import pytest

from core.data.library import save_dataset
from core.errors import UserError
from core.tune.further import add_downstream, add_maps, downstream_of, maps_of, source_of
from core.tune.settings import TuneSettings
from tests.makers.tiny_encoders import CORPUS, save_wordpiece
from tests.makers.train_tables import make_dataset
from tests.makers.tuned_encoders import put, record


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """A workspace without any encoder."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    return tmp_path / "lab"


@pytest.fixture
def tuned(lab, tmp_path):
    """An encoder that was tuned on a table of the library."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=120)
    labels = np.where(x + rng.normal(size=120) > 0, "긍정", "부정")
    data = make_dataset(labels, features={"x": x}, kind="label", name="0123456789abcdef")
    data.frame["headline"] = [f"{CORPUS[n % 5]} {n}" for n in range(120)]
    save_dataset(data)
    before = save_wordpiece(tmp_path / "before")
    facts = dataclasses.replace(record().data, id=data.id)
    settings = TuneSettings(encoder=str(before), pooling="mean", epochs=2)
    return put(data=facts, settings=settings, encoder=str(before))


@pytest.mark.slow
def test_maps_are_of_the_test_texts_and_are_found_again(tuned):
    assert maps_of(tuned) is None
    made = add_maps(tuned.id)
    found = maps_of(tuned)
    assert found.texts == made.texts
    assert len(found.texts) == 24
    assert set(found.labels) == {"긍정", "부정"}
    for side in ("before", "after"):
        for size in (2, 3):
            assert found.projections.places[side, "pca", size].shape == (24, size)


@pytest.mark.slow
def test_the_models_of_both_encoders_are_found_again(tuned):
    assert downstream_of(tuned) is None
    made = add_downstream(tuned.id)
    assert downstream_of(tuned).as_dict() == made.as_dict()


@pytest.mark.parametrize("changes", [{"id": ""}, {"pairs": True}])
def test_what_was_not_tuned_on_a_table_of_the_library_has_no_source(lab, changes):
    made = record(data=dataclasses.replace(record().data, **changes))
    with pytest.raises(UserError, match="needs the table"):
        source_of(made)
