"""The three models, their ensemble, their tuning, and the baselines they must beat."""
