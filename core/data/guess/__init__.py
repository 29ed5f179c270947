"""What nobody chose: which column plays which part, and how two files belong together."""
