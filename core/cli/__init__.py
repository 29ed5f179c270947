"""The command line: one module per stage, each registering its commands as `COMMANDS`."""
