"""The home page: the last verdicts, the sample, and the way from file to prediction."""
