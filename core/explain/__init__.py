"""Stage 4: a run and rows to contributions by group."""
