"""What a tuning changed: scores, geometry, baselines, maps, learning curve, downstream, and the verdict."""
