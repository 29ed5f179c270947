"""What the compare page draws."""
