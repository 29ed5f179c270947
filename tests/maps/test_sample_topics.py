"""The topics of the sample data are those that its events were written on, as the shipped vectors and words show them."""

from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from core.data.library import load_dataset
from core.maps import Topics, topic_outcomes
from core.maps.topics import find_topics
from core.train.prepared import put_prepared, shipped_run, shipped_vectors
from tests.makers.import_graph import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def make() -> ModuleType:
    """The script that makes the sample data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "sample_data")
        import make

        return make


@pytest.fixture(scope="module")
def sample(tmp_path_factory, make):
    """The sample's table, its shipped vectors, and the number of the topic that each row's event was written on.

    It is -1 for the few headlines of a day on which the exchange closed an hour later than the script supposes.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(tmp_path_factory.mktemp("topics")))
        put_prepared("sample")
        data = load_dataset(shipped_run().dataset_id)
    for_events = np.random.default_rng(make.SEED).spawn(5)[0]
    world, sessions = make.World.read(), make.trading_sessions()
    covered = sessions.slice_indexer(make.FIRST, make.TO_SCORE_UNTIL)
    names = list(world.topics)
    written = {
        (sessions[event.session], world.companies[event.company].name): names.index(event.topic)
        for event in make.draw_events(world, range(covered.start, covered.stop), for_events)
    }
    keys = zip(pd.to_datetime(data.frame["session"]), data.frame["company"], strict=True)
    return data, shipped_vectors(), np.array([written.get(key, -1) for key in keys])


@pytest.fixture(scope="module")
def found(sample) -> Topics:
    data, vectors, _ = sample
    return find_topics(data, vectors)


def test_they_are_as_many_and_nearly_the_same(sample, found):
    truth = sample[2]
    known = truth >= 0
    assert known.mean() > 0.99
    assert len(found) == truth.max() + 1
    assert adjusted_rand_score(truth[known], found.topic[known]) >= 0.8


def test_density_clusters_of_the_vectors_alone_are_far_from_them(sample, found):
    """What others do, without a company's mean taken off and without words."""
    from sklearn.decomposition import PCA

    _data, vectors, truth = sample
    clusters = HDBSCAN(min_cluster_size=80, min_samples=10, copy=True).fit_predict(
        PCA(20).fit_transform(vectors)
    )
    assert adjusted_rand_score(truth, clusters) < 0.4


def test_after_the_planted_topic_alone_something_happened(sample, found):
    data, _, _ = sample
    told = topic_outcomes(data, found)
    (planted,) = (number for number, one in enumerate(told) if one.differs)
    assert "자사주" in found.keywords[planted]
    assert told[planted].gap.low > 0
