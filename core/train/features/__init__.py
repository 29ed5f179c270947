"""What a model is given: vectors, continuous features, the press outlet, and what is read from a headline."""
