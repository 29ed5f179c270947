"""The parts of the embed page."""
