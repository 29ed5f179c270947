"""What the numbers of a table, its outlet and its clock do to the predictions, and whether they help them."""

from core.explain.features.partial import PartialDependence, partial_dependence
from core.explain.features.permutation import Permuted, permutation_importance, sizes
from core.explain.features.values import (
    continuous_groups,
    ranks,
    strongest_partner,
    table_groups,
    values_of,
)

__all__ = [
    "PartialDependence",
    "Permuted",
    "continuous_groups",
    "partial_dependence",
    "permutation_importance",
    "ranks",
    "sizes",
    "strongest_partner",
    "table_groups",
    "values_of",
]
