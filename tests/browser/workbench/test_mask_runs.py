"""What the page works out of runs is what one gets pixel by pixel: strokes, fillings, sums, differences, outlines."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page

from labeling.types import rle
from tests.labeling.types.painting import Bits, filled, stroke

WIDTH, HEIGHT = 40, 30
WORK = """async ([cases, grid]) => {
  const runs = await import("/static/labeling/engine/runs.js");
  const { loopsOf } = await import("/static/labeling/engine/contour.js");
  const { maskBounds, movedMask, fittedMask } = await import("/static/labeling/engine/mask.js");
  const pixels = grid.width * grid.height;
  const counts = (edges) => runs.countsOf(edges, pixels);
  const twiceArea = (loop) => loop.reduce((sum, x, n) => (n % 2 ? sum : sum
    + x * loop[(n + 3) % loop.length] - loop[(n + 2) % loop.length] * loop[n + 1]), 0);
  return cases.map(({ line, size, corners }) => {
    const pen = new runs.Stroke(size / 2, grid);
    for (const [x, y] of line) pen.add({ x, y });
    const brush = pen.edges();
    const inner = runs.filledEdges(corners.map(([x, y]) => ({ x, y })), grid);
    const loops = loopsOf(brush, grid.height);
    const shape = { type: "mask", size: [grid.height, grid.width], counts: counts(brush) };
    return {
      brush: counts(brush), inner: counts(inner), both: counts(runs.union(brush, inner)),
      less: counts(runs.without(brush, inner)), edges: runs.edgesOf(counts(brush)), same: brush,
      area: loops.reduce((sum, loop) => sum + twiceArea(loop), 0) / 2,
      bounds: brush.length ? maskBounds(shape) : null,
      cut: brush.length ? fittedMask(shape, { width: 25, height: 35 })?.counts ?? null : null,
    };
  });
}"""


def case(chance: random.Random) -> dict[str, Any]:
    def point() -> tuple[float, float]:
        on = chance.choice([lambda most: chance.randint(0, most), lambda most: round(chance.uniform(-5, most + 5), 2)])
        return (on(WIDTH), on(HEIGHT))

    corners = [(chance.randint(0, WIDTH), chance.randint(0, HEIGHT)) for _ in range(chance.randint(3, 7))]
    return {"line": [point() for _ in range(chance.randint(1, 6))], "size": chance.randint(1, 16), "corners": corners}


def cut(drawn: Bits) -> list[int] | None:
    """In a picture that is narrower and higher."""
    part = np.zeros((35, 25), dtype=bool)
    part[:HEIGHT] = drawn[:, :25]
    return rle.encode(part) if part.any() else None


def test_runs_are_what_the_pixels_are(bench: Callable[[], Page]) -> None:
    page = bench()
    chance = random.Random(7)
    cases = [case(chance) for _ in range(120)]
    got = page.evaluate(WORK, [cases, {"width": WIDTH, "height": HEIGHT}])
    for asked, found in zip(cases, got, strict=True):
        brush = stroke(asked["line"], asked["size"], WIDTH, HEIGHT)
        inner = filled(asked["corners"], WIDTH, HEIGHT)
        wanted = {"brush": brush, "inner": inner, "both": brush | inner, "less": brush & ~inner}
        for name, pixels in wanted.items():
            assert found[name] == rle.encode(pixels), (name, asked)
        assert found["edges"] == found["same"]
        assert found["area"] == brush.sum(), asked
        if brush.any():
            rows, columns = np.nonzero(brush)
            sides = {"left": columns.min(), "top": rows.min(), "right": columns.max() + 1, "bottom": rows.max() + 1}
            assert found["bounds"] == sides, asked
            assert found["cut"] == cut(brush), asked
