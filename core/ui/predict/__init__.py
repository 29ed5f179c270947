"""The parts of the predict page."""
