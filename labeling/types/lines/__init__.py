"""Open lines of two and more points."""

from __future__ import annotations

from labeling.types.shape_type import ShapeType


class Lines(ShapeType):
    """Open lines of two and more points; see shape_type for the answer."""

    name = "lines"
    title = "Image lines"
    description = "Lines in a picture, corner by corner: lanes, wires, borders."
    geometries = ("line",)
