"""From an encoder's name to files, and from files to a loaded model."""
