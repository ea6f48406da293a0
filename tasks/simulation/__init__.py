"""Simulated annotators of given skill, working through the public API."""
