"""The kinds of findings, a module per topic. A new one is one entry in the KINDS of its topic."""
