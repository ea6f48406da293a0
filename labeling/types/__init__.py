"""Task types: one folder each. Being there is being installed (see ``registry``)."""
