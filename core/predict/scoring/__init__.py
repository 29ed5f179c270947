"""A file of headlines scored by a run, and what speaks against believing a row."""
