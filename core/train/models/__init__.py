"""The models, their combinations, their tuning, and the baselines they must beat."""
