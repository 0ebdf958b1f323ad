"""Level 1: the graph: operations, their output tensors, names, scopes and collections."""
