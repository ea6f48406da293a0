"""Numbers on the squares of a heat map can be read on every shade, light and dark: WCAG 2.2 asks for 4.5 to 1."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "labeling/static/labeling"
NAMED = re.compile(r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\);")
MIXED = re.compile(r"\.heat-(\d+) rect { fill: color-mix\(in srgb, var\(--accent\) (\d+)%, var\(--sunken\)\); }")
FILL = r"fill: (?:light-dark\(var\(--([a-z-]+)\), )?var\(--([a-z-]+)\)\)?"
TEXT = re.compile(r"((?:\.heat-\d+ text(?:, )?)+) { " + FILL + "; }")


def channels(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def luminance(colour: list[float]) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_number_of_a_heat_map_can_be_read(scheme: int) -> None:
    known = {found[0]: channels(found[1 + scheme]) for found in NAMED.findall((FOLDER / "tokens.css").read_text())}
    css = (FOLDER / "requester.css").read_text()
    shades = {0: 0, **{int(level): int(share) for level, share in MIXED.findall(css)}}
    assert len(shades) == 11
    texts = dict.fromkeys(shades, "text")
    for selectors, in_light, name in TEXT.findall(css):
        chosen = in_light if in_light and not scheme else name
        texts |= {int(level): chosen for level in re.findall(r"\d+", selectors)}
    for level, share in shades.items():
        pairs = zip(known["accent"], known["sunken"], strict=True)
        ground = luminance([(a * share + s * (100 - share)) / 100 for a, s in pairs])
        low, high = sorted((ground, luminance(known[texts[level]])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"shade {level}"
