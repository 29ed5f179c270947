"""Text cells to typed values: numbers, times, headlines."""
