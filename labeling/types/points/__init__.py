"""Points, and named points joined to a skeleton."""

from __future__ import annotations

from labeling.types.shape_type import ShapeType


class Points(ShapeType):
    """Points, and named points joined to a skeleton; see shape_type for the answer."""

    name = "points"
    title = "Image points and skeletons"
    description = "Single points and named skeletons in a picture: counts, landmarks, poses."
    geometries = ("point", "keypoints")
