"""Level 0: what everything else stands on, and which knows nothing of graphs."""
