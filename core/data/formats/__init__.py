"""One module per file format: bytes in, a bounded table of text cells out. None of them imports pandas."""
