"""What a selection on a map drives."""
