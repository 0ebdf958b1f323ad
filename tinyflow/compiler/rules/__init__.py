"""The rules of rewriting, a file for each subject; rule.py says what a rule is."""
