"""Quality policy in plain Python: when to stop asking, whom to trust, what to look at. No Django here."""
