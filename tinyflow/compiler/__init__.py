"""Level 4: from what is fetched to the NumPy function that computes it.

plan (which operations, in which order) -> record (their NumPy calls) -> rewrite (fewer calls)
-> buffers (where results go) -> emit (the text).
"""
