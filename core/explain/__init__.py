"""Why a run predicts what it predicts: contributions by group."""
