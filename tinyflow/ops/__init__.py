"""Level 2: the operations, a section each: class, gradient, function."""
