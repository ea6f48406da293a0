"""Play a recorded crowd data set through the public HTTP API, as its people would have worked here."""
