"""How far people agree, for any type of answer that has a distance."""
