"""Masks, painted with a brush: segmentation to the pixel."""

from __future__ import annotations

from labeling.types.shape_type import ShapeType


class Masks(ShapeType):
    """Masks, painted with a brush; see shape_type for the answer."""

    name = "masks"
    title = "Image masks"
    description = "Things in a picture, each painted with a brush: segmentation to the pixel."
    geometries = ("mask",)
