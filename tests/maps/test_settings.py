import pytest

from core.errors import UserError
from core.maps import METHODS, MapSettings


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"method": "isomap"}, "method is isomap; choose one of: pca, umap, tsne"),
        ({"neighbours": 1}, "neighbours is 1; choose a number from 2 to 200"),
        ({"min_dist": -0.1}, "min_dist is -0.1"),
        ({"min_dist": float("nan")}, "min_dist is nan"),
        ({"perplexity": 1000}, "perplexity is 1000"),
        ({"seed": -1}, "seed is -1"),
        ({"dimensions": 4}, "dimensions is 4"),
        ({"metric": "jaccard"}, "metric is jaccard; choose one of: cosine, dot, euclidean, manhattan"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(UserError, match=sentence):
        MapSettings(**values)


@pytest.mark.parametrize("method", METHODS)
def test_a_map_uses_the_parameters_of_its_method(method):
    assert set(MapSettings(method).used) == {"method", "seed", *METHODS[method].parameters}


def test_a_map_in_two_dimensions_keeps_the_place_that_it_had_before_there_were_three():
    assert MapSettings().used == {"method": "pca", "seed": 0}
    assert MapSettings(dimensions=3).used == {"method": "pca", "seed": 0, "dimensions": 3}


@pytest.mark.parametrize("method", METHODS)
def test_a_metric_counts_where_the_method_starts_from_neighbours(method):
    assert MapSettings(method, metric="cosine").used == MapSettings(method).used
    settings = MapSettings(method, metric="dot")
    assert (settings.used.get("metric") == "dot") == (settings.measure == "dot") == (method != "pca")
