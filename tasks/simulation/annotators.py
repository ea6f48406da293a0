"""People who know the truth, and say it as often as their skill allows."""

import hashlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from labeling.errors import GroundworkError
from tasks.replay.client import Api
from tasks.replay.people import join

WANT = 10
CROWD = "simulated"


@dataclass(frozen=True)
class World:
    """What is true: told by a file for an item's id, else derived from the item's content."""

    truth: dict[str, str]

    def of(self, item: dict[str, Any], options: Sequence[str]) -> str:
        known = self.truth.get(str(item.get("data", {}).get("id", "")))
        if known is not None:
            return known
        digest = hashlib.sha256(str(item.get("text") or item["id"]).encode()).digest()
        return options[digest[0] % len(options)]


@dataclass
class Annotator:
    name: str
    skill: float
    session: Api
    world: World
    think: float = 0.0
    given: int = 0
    right: int = 0

    def work(self, project: int, most: Callable[[], bool], advance: Callable[[int], None]) -> None:
        """Until enough is given or nothing is left. `most` takes one of the answers still wanted, or says no."""
        rng = random.Random(self.name)
        answers: list[dict[str, Any]] = []
        is_over = False
        while not is_over or answers:
            body = {"answers": answers, "want": 0 if is_over else WANT, "project": project}
            reply = self.session.call("POST", "/work/exchange", json=body)
            refused = [r for r in reply["results"] if r["status"] not in ("stored", "duplicate", "late")]
            if refused:
                raise GroundworkError(f"{self.name}: {refused[0]}")
            advance(len(answers))
            is_over = is_over or not reply["tasks"]
            answers, spare = [], []
            for turn in reply["tasks"]:
                if is_over or not most():
                    is_over = True
                    spare.append(turn["assignment"])
                    continue
                time.sleep(self.think)
                project_shown = reply["projects"][f"{turn['project']}.{turn['schema_version']}"]
                answers.append(self._answer(turn, project_shown, rng))
            if spare:
                self.session.call("POST", "/work/exchange", json={"returns": spare})

    def _answer(self, turn: dict[str, Any], project: dict[str, Any], rng: random.Random) -> dict[str, Any]:
        options = [option["value"] for option in project["config"]["options"]]
        truth = self.world.of(turn["item"], options)
        is_right = rng.random() < self.skill
        said = truth if is_right else rng.choice([option for option in options if option != truth] or options)
        self.given += 1
        self.right += is_right
        return {
            "id": str(uuid4()),
            "assignment": turn["assignment"],
            "schema_version": turn["schema_version"],
            "answer": {"option": said} if project["type"] == "choice" else {"options": [said]},
            "active_ms": round(self.think * 1000),
        }


def simulate(
    manager: Api,
    *,
    project: int,
    skills: Sequence[float],
    answers: int,
    world: World,
    secret: bytes,
    think: float = 0.0,
    advance: Callable[[int], None] = lambda number: None,
) -> list[Annotator]:
    """One annotator for each skill; together they give that many answers, or as many as there are."""
    left, lock = [answers], threading.Lock()

    def most() -> bool:
        with lock:
            left[0] -= 1
            return left[0] >= 0

    def run(number: int) -> Annotator:
        name = f"s{number:02d}"
        session = join(manager, worker=name, crowd=CROWD, secret=secret)
        one = Annotator(name, skills[number], session, world, think)
        try:
            one.work(project, most, advance)
        finally:
            session.close()
        return one

    with ThreadPoolExecutor(max(1, min(len(skills), 16)), thread_name_prefix="simulate") as pool:
        return list(pool.map(run, range(len(skills))))
