"""Polygons."""

from __future__ import annotations

from labeling.types.shape_type import ShapeType


class Polygons(ShapeType):
    """Polygons; see shape_type for the answer."""

    name = "polygons"
    title = "Image polygons"
    description = "Things in a picture, each by its outline: instances, damage, land."
    geometries = ("polygon",)
