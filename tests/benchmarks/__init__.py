"""Measurements, each beside the limit it is held against. Run by hand; nothing here is a test."""
