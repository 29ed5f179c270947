"""The grid: encoders, poolings, feature sets, models and seeds, each with each, as one piece of work."""

from core.compare.grid.cells import Cell, Failure, Grid, cells_of
from core.compare.grid.plan import Cost, GridPlan, plan_grid
from core.compare.grid.record import SavedGrid, Step, saved_grid
from core.compare.grid.running import run_grid
from core.compare.grid.settings import GridSettings

__all__ = [
    "Cell",
    "Cost",
    "Failure",
    "Grid",
    "GridPlan",
    "GridSettings",
    "SavedGrid",
    "Step",
    "cells_of",
    "plan_grid",
    "run_grid",
    "saved_grid",
]
