"""Fingers and a pen on the picture, as the browser gets them from the screen."""

from typing import Any

from playwright.sync_api import CDPSession, Page

PLACE = """([x, y]) => { const v = document.querySelector("#stage > *").viewport, box = v.stage.getBoundingClientRect();
  return [box.left + v.x + x * v.scale, box.top + v.y + y * v.scale]; }"""
Point = tuple[float, float]


class Hand:
    """Points are the picture's pixels, as it is shown when they are touched."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.screen: CDPSession = page.context.new_cdp_session(page)

    def at(self, point: Point) -> dict[str, Any]:
        x, y = self.page.evaluate(PLACE, list(point))
        return {"x": x, "y": y}

    def send(self, kind: str, *points: dict[str, Any]) -> None:
        touches = [each | {"id": n} for n, each in enumerate(points)]
        self.screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def drag(self, *points: Point) -> None:
        """One finger, through these points."""
        places = [self.at(point) for point in points]
        self.send("touchStart", places[0])
        for place in places[1:]:
            self.send("touchMove", place)
        self.send("touchEnd")

    def both(self, starts: tuple[Point, Point], ends: tuple[Point, Point], steps: int = 4) -> None:
        """Two fingers, the second a moment later."""
        one, other = ([self.at(way[n]) for way in (starts, ends)] for n in (0, 1))
        self.send("touchStart", one[0])
        self.send("touchStart", one[0], other[0])
        for step in range(1, steps + 1):
            moved = [
                {axis: way[0][axis] + (way[1][axis] - way[0][axis]) * step / steps for axis in "xy"}
                for way in (one, other)
            ]
            self.send("touchMove", *moved)
        self.send("touchEnd")

    def pen(self, kind: str, point: Point, button: str = "left") -> None:
        """``kind`` is mousePressed, mouseMoved or mouseReleased."""
        given = {"type": kind, **self.at(point), "button": button, "buttons": 1, "clickCount": 1, "pointerType": "pen"}
        self.screen.send("Input.dispatchMouseEvent", given)
