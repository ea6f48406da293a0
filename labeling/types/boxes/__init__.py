"""Boxes, upright or rotated."""

from __future__ import annotations

from labeling.types.shape_type import ShapeType


class Boxes(ShapeType):
    """Boxes, upright or rotated; see shape_type for the answer."""

    name = "boxes"
    title = "Image boxes"
    description = "Things in a picture, each in a box: upright, or turned where the schema allows it."
    geometries = ("box",)
