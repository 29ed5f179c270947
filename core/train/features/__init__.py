"""What a model is given: vectors, features, the outlet, and what is read off a headline."""
