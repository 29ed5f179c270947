"""Which rows teach and which are tested: holdouts and walk-forward folds over sessions."""
