"""What was asked of a run: kept, asked again, and presented in large type."""
