"""The wizard: from a question to a running project, one page a step, each saved, each to be come back to."""
