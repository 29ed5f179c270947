"""A loaded encoder at work: device, number type, lanes, memory and cache."""
