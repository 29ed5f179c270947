"""What was asked of a run, and what is to be presented."""
