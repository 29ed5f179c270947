"""The target: made from prices, its classes, its contradictions, and features that give it away."""
