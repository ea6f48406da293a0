"""Starts and watches every process of one Groundwork installation."""
