"""Stage 9: labelled texts to a better encoder."""
