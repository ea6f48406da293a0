"""Ellipses, upright or rotated."""

from __future__ import annotations

from labeling.types.shape_type import ShapeType


class Ellipses(ShapeType):
    """Ellipses, upright or rotated; see shape_type for the answer."""

    name = "ellipses"
    title = "Image ellipses"
    description = "Round things in a picture, upright or turned: cells, wheels, eyes."
    geometries = ("ellipse",)
