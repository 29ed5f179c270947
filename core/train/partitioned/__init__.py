"""Tables that do not fit in memory: their rows lie in blocks on Dask workers, and the models train there."""
