"""Several kinds of shapes in one picture."""

from __future__ import annotations

from labeling.types.shape_type import ShapeType


class ImageAnnotation(ShapeType):
    """Several kinds of shapes in one picture; see shape_type for the answer."""

    name = "image_annotation"
    title = "Image annotation, several tools"
    description = "Boxes, polygons, lines, points, ellipses and painted masks together in one picture, with attributes."
    geometries = ("box", "polygon", "line", "point", "keypoints", "ellipse", "mask")
