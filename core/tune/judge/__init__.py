"""What tuning changed, judged on a test that it never saw."""
