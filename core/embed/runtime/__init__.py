"""A loaded encoder at work: device, number type, batches on several cores, memory and in-memory cache."""
