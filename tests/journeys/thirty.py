"""Thirty people at work through the HTTP API: good ones, sloppy ones, spammers, two who copy, one who gets worse.

`python -m tests.journeys.thirty [--items 1000] [--pictures FOLDER] [--stay]` plays the journey on an installation of
its own, larger than the test does, and tells what came out.
"""

import argparse
import hashlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from celery import Celery

from tasks.replay.client import Api
from tasks.replay.people import join, read_secret
from tasks.replay.run import export_to, fill_dataset, wait_for_consensus
from tests.journeys import pictures
from tests.services.installation import installation
from tests.services.servers import until

TOPICS = ["billing", "delivery", "other"]
TAGS = ["angry", "question", "urgent"]
CROWD = "thirty"
WANT = 10  # tasks in one round trip
AS_THE_PAGE = 3  # so many the labeling page has in hand, of which at most one is a check
EXAM = 15  # answers of everybody before the requester looks at them
PASSWORD = "a-long-unusual-phrase"
CHECK = "k"  # what the keys of known items begin with
LULL = 0.5  # seconds until somebody asks again
PATIENCE = 150  # seconds in which something has to move
TAKEN = ("stored", "duplicate", "late")
SENTENCES = [
    "I have written to you twice about this and nobody has answered so far.",
    "The parcel should have been here on Monday, says the page.",
    "My account was charged although the order was called off.",
    "Could somebody tell me what happens next?",
    "It is the blue one, in the large size, for my sister.",
    "We are away from Friday on, so please look at it before.",
]


@dataclass(frozen=True)
class Behaviour:
    """How somebody works: how often right, how much beside the others, seconds for an answer."""

    name: str
    people: int
    skill: float
    eagerness: int = 1
    seconds: tuple[float, float] = (2.5, 9.0)

    @property
    def is_bad(self) -> bool:
        return self.name not in ("good", "sloppy")


BEHAVIOURS = [
    Behaviour("good", 18, 0.94),
    Behaviour("sloppy", 5, 0.75),
    Behaviour("random", 2, 0.33),  # presses anything
    Behaviour("same", 1, 0.33),  # always the first option
    Behaviour("fast", 1, 0.45, seconds=(0.05, 0.3)),  # before anybody could have read it
    Behaviour("copying", 2, 0.5, eagerness=4),  # two with one source, its mistakes included
    Behaviour("drifting", 1, 0.95, eagerness=3),  # good at first, then nearly guessing
]
TURNS_AFTER, THEN = 25, 0.35  # the drifting one's answers, and how often right after those


@dataclass(frozen=True)
class World:
    """What is true of the items, by their keys."""

    topics: dict[str, str]
    tags: dict[str, list[str]]

    def says(self, who: "Person", kind: str, key: str, earlier: int) -> dict[str, Any]:
        """What this person answers: the same whenever and wherever they are asked, so that runs can be compared.

        On checks luck is evened out: who is right 94 times in 100 misses one in sixteen or seventeen, so that a handful
        of checks tells the same of them in every run.
        """
        behaviour = who.behaviour
        source = "source" if behaviour.name == "copying" else who.name
        skill = THEN if behaviour.name == "drifting" and earlier >= TURNS_AFTER else behaviour.skill
        luck = random.Random(hashlib.sha256(f"{source}/{kind}/{key}".encode()).digest())
        if kind == "choice":
            if behaviour.name == "same":
                return {"option": TOPICS[0]}
            truth = self.topics[key]
            is_right = who.is_right_now(skill) if key.startswith(CHECK) else luck.random() < skill
            return {"option": truth if is_right else luck.choice([one for one in TOPICS if one != truth])}
        if behaviour.name == "same":
            return {"options": TAGS[:1]}
        right = max(skill, 0.5)  # of one tag: guessing is right half of the time
        return {"options": [tag for tag in TAGS if (tag in self.tags[key]) == (luck.random() < right)]}


@dataclass
class Person:
    name: str
    behaviour: Behaviour
    session: Api
    given: Counter[int] = field(default_factory=Counter)  # by project, checks with it
    checked: int = 0
    is_out: bool = False

    def is_right_now(self, skill: float) -> bool:
        """On the next check."""
        self.checked += 1
        return int(self.checked * skill + 0.5) > int((self.checked - 1) * skill + 0.5)

    def work(self, project: int, kind: str, world: World, most: int, at_once: int) -> None:
        """Take tasks and answer them, at most so many."""
        done = 0
        answers: list[dict[str, Any]] = []
        pace = random.Random(f"{self.name}/{self.given[project]}")
        while done < most or answers:
            body = {"answers": answers, "want": min(at_once, most - done), "project": project}
            reply = self.session.call("POST", "/work/exchange", json=body)
            refused = [result for result in reply["results"] if result["status"] not in TAKEN]
            assert not refused, f"{self.name}: {refused[0]}"
            answers = [
                {
                    "id": str(uuid4()),
                    "assignment": turn["assignment"],
                    "schema_version": turn["schema_version"],
                    "answer": world.says(self, kind, turn["item"]["data"]["id"], self.given[project] + number),
                    "active_ms": round(1000 * pace.uniform(*self.behaviour.seconds)),
                }
                for number, turn in enumerate(reply["tasks"])
            ]
            if not answers:
                break
            self.given[project] += len(answers)
            done += len(answers)


@dataclass
class Arm:
    """One way to ask for the same items, and what came of it."""

    project: int
    answers: int = 0
    checks: int = 0
    accuracy: float = 0.0


class Crowd:
    """The people, what is true, and the requester who looks after them."""

    def __init__(self, boss: Api, *, secret: bytes, items: int, tagged: int, checks: int, seed: int = 30) -> None:
        luck = random.Random(seed)
        self.boss = boss
        keys = [f"m{n:04d}" for n in range(max(items, tagged))] + [f"{CHECK}{n:03d}" for n in range(checks)]
        self.world = World(
            {key: luck.choice(TOPICS) for key in keys}, {key: [t for t in TAGS if luck.random() < 0.4] for key in keys}
        )
        self.messages, self.checks = keys[:items], keys[len(keys) - checks :]
        chosen = {"Messages": self.messages, "Messages to tag": keys[:tagged], "Known": self.checks}
        self.data = {name: self._upload(name, those, luck) for name, those in chosen.items()}
        names = [(one, n) for one in BEHAVIOURS for n in range(one.people)]
        with ThreadPoolExecutor(4) as pool:
            self.people = list(pool.map(lambda pair: self._person(*pair, secret), names))

    def _upload(self, name: str, keys: list[str], luck: random.Random) -> int:
        rows = [{"id": key, "text": f"{key}: {' '.join(luck.sample(SENTENCES, 2))}"} for key in keys]
        content = b"".join(orjson.dumps(row) + b"\n" for row in rows)
        return fill_dataset(self.boss, name, "items.jsonl", content, lambda text: None)

    def _person(self, behaviour: Behaviour, number: int, secret: bytes) -> Person:
        name = f"{behaviour.name}{number}"
        return Person(name, behaviour, join(self.boss, worker=name, crowd=CROWD, secret=secret))

    def open(self, name: str, kind: str, *, datasets: list[str], policy: dict[str, Any] | None) -> int:
        options = [{"value": value} for value in (TOPICS if kind == "choice" else TAGS)]
        question = "What is it about?" if kind == "choice" else "Which of these apply?"
        body = {"name": name, "type": kind, "config": {"question": question, "options": options}, "overlap": 5}
        project: int = self.boss.post("/projects", body | {"aggregation": "e4"})["id"]
        if policy:
            self.boss.call("PATCH", f"/projects/{project}/quality", json=policy)
        for dataset in datasets:
            self.boss.post(f"/projects/{project}/launch", {"dataset": self.data[dataset]})
        return project

    def add_checks(self, project: int) -> None:
        known = [{"item": key, "answer": {"option": self.world.topics[key]}} for key in self.checks]
        self.boss.post(f"/projects/{project}/gold", {"items": known})

    def work(self, project: int, kind: str, *, most: int | None = None, at_once: int = WANT) -> None:
        """Everybody who may, `most` answers each; without it rounds of WANT, until every task is settled."""
        moved, before = time.monotonic(), None
        while _is_open(progress := self.progress(project)):
            here = [one for one in self.people if not one.is_out]
            if kind == "choice":  # where they are watched: side by side, the two who copy meet the same tasks
                here.sort(key=lambda one: -one.behaviour.eagerness)
            running = []
            with ThreadPoolExecutor(4) as pool:
                for one in here:
                    share = most or WANT * one.behaviour.eagerness
                    running.append(pool.submit(one.work, project, kind, self.world, share, at_once))
            for one_run in running:
                one_run.result()
            if most:
                return
            position = progress["answers"], progress["consensus"]
            if position != before:
                moved, before = time.monotonic(), position
            else:
                time.sleep(LULL)  # nobody was given anything: the next answer is the server's
            assert time.monotonic() - moved < PATIENCE, f"project {project} does not go on: {progress}"

    def progress(self, project: int) -> dict[str, Any]:
        return self.boss.get(f"/projects/{project}/progress")

    def signs(self, project: int) -> dict[str, set[str]]:
        """What the rules see of whom."""
        names = {one.session.user: one.name for one in self.people}
        rows = self.boss.get(f"/projects/{project}/people")["results"]
        return {names[row["user"]]: {sign["rule"] for sign in row["signs"]} for row in rows}

    def restrict(self, project: int, who: Person, reason: str) -> dict[str, Any]:
        """Look at what it would do, then do it; what was foreseen."""
        scope = {"user": who.session.user, "project": project, "leaves_out": True}
        foreseen = self.boss.post("/restrictions/preview", scope)
        told = {"kind": "remove", "reason": reason, "text": "Your answers to checks were wrong again and again."}
        self.boss.post("/restrictions", scope | told)
        who.is_out = True
        return foreseen

    def outcome(self, project: int, kind: str) -> Arm:
        """Counted by the requester: answers to the items asked about, and labels that are right."""
        rows = list(self.boss.pages(f"/projects/{project}/results"))
        asked = [row for row in rows if row["item"]["key"] not in self.checks]
        right = sum(self.is_right(kind, row["item"]["key"], row["consensus"]["value"]) for row in asked)
        given = self.progress(project)["answers"]["given"]
        return Arm(project, given, sum(one.given[project] for one in self.people) - given, right / len(asked))

    def is_right(self, kind: str, key: str, value: dict[str, Any]) -> bool:
        if kind == "choice":
            return bool(value["option"] == self.world.topics[key])
        return sorted(value["options"]) == sorted(self.world.tags[key])


def _is_open(progress: dict[str, Any]) -> bool:
    return bool(progress["tasks"]["open"] or progress["consensus"]["waiting"])


@dataclass
class Story:
    """What the requester sees at the end."""

    crowd: Crowd
    fixed: Arm
    sure: Arm
    tagged: Arm
    signs: dict[str, set[str]]  # by person, of the projects about topics
    foreseen: list[dict[str, Any]]  # what each restriction was said to do
    settled: tuple[int, int]  # tasks, before the restrictions and after
    exported: list[dict[str, Any]]


POLICY = {"rule": "agree", "floor": 2, "ceiling": 5, "cost_per_answer": "0.05", "audit_share": 0.02}
REASONS = {"low_accuracy": "gold", "drift": "consensus", "too_fast": "care", "repeats": "care", "collusion": "copying"}


def play(
    boss: Api, *, secret: bytes, folder: Path, nudge: Callable[[], object], items: int, tagged: int, checks: int = 36
) -> Story:
    """Ask, look at the people, take some out, finish. `nudge`: skills now, which beat has worked out each minute."""
    crowd = Crowd(boss, secret=secret, items=items, tagged=tagged, checks=checks)
    sure = crowd.open("Topics, stop when sure", "choice", datasets=["Messages", "Known"], policy=POLICY)
    crowd.add_checks(sure)
    crowd.work(sure, "choice", most=EXAM, at_once=AS_THE_PAGE)
    fixed = crowd.open("Topics, five answers each", "choice", datasets=["Messages"], policy=None)
    crowd.work(fixed, "choice")
    tags = crowd.open("Tags, stop when sure", "multichoice", datasets=["Messages to tag"], policy=POLICY)
    crowd.work(tags, "multichoice")
    signs = look_at_people(crowd, (sure, fixed), nudge)
    until(lambda: not crowd.progress(sure)["consensus"]["waiting"], "every answer is counted", PATIENCE)
    before = crowd.progress(sure)["tasks"]["resolved"]
    foreseen = [crowd.restrict(sure, who, REASONS[min(signs[who.name])]) for who in crowd.people if signs[who.name]]
    if any(one["left_out"][0]["reopened"] for one in foreseen):
        again = "what they had settled is asked again"
        until(lambda: crowd.progress(sure)["tasks"]["resolved"] < before, again, PATIENCE)
    until(lambda: not crowd.progress(sure)["consensus"]["waiting"], "what was left out is counted", PATIENCE)
    settled = before, crowd.progress(sure)["tasks"]["resolved"]
    crowd.work(sure, "choice")
    wait_for_consensus(boss, sure)
    _, path, _ = export_to(boss, sure, folder, "jsonl")
    return Story(
        crowd,
        crowd.outcome(fixed, "choice"),
        crowd.outcome(sure, "choice"),
        crowd.outcome(tags, "multichoice"),
        signs,
        foreseen,
        settled,
        [orjson.loads(line) for line in path.read_bytes().splitlines()],
    )


def look_at_people(crowd: Crowd, projects: tuple[int, ...], nudge: Callable[[], object]) -> dict[str, set[str]]:
    """What the rules see of everybody, once they see something of each who is bad; or what they see in the end."""
    end = time.monotonic() + PATIENCE
    while True:
        nudge()  # what is counted only now is looked at now
        time.sleep(LULL)
        found: dict[str, set[str]] = {one.name: set() for one in crowd.people}
        for project in projects:
            for name, rules in crowd.signs(project).items():
                found[name] |= rules
        bad = [one.name for one in crowd.people if one.behaviour.is_bad]
        if all(found[name] for name in bad) or time.monotonic() > end:
            return found


def in_words(story: Story) -> Iterator[str]:
    for name, arm in (("five each", story.fixed), ("stop when sure", story.sure), ("tags", story.tagged)):
        yield f"{name}: {arm.answers} answers and {arm.checks} checks, {arm.accuracy:.4f} right"
    yield f"spend: {story.sure.answers / story.fixed.answers:.3f} of five each"
    for name, rules in story.signs.items():
        if rules:
            yield f"{name}: {', '.join(sorted(rules))}"
    yield f"{len(story.foreseen)} restrictions: of {story.settled[0]} settled tasks {story.settled[1]} stayed so"


def boss_of(stack: Any, slug: str = "thirty") -> Api:
    """A requester with an account of their own, in an organization of their own."""
    link = stack.manage("create_organization", slug.capitalize(), "--admin", f"boss@{slug}.example").split()[-1]
    boss = Api(stack.base_url)
    boss.accept(link.rstrip("/").split("/")[-1], "Boss", PASSWORD)
    return boss


def nudge_of(stack: Any) -> Callable[[], object]:
    """As beat does it: starting a program of Django's for it would cost seconds."""
    jobs = Celery(broker=stack.env["REDIS_URL"])
    job = "tasks.jobs.checks.work_out_skills_due"
    return lambda: jobs.send_task(job, exchange="", routing_key="quality", ignore_result=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=240)
    parser.add_argument("--tagged", type=int, default=60)
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of the requester's pages")
    parser.add_argument("--stay", action="store_true", help="keep it running until Ctrl-C, to look at it")
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "labeling.settings"
    with installation("postgresql") as stack:
        print(f"{stack.base_url}, boss@thirty.example, {PASSWORD}", flush=True)
        began = time.monotonic()
        story = play(
            boss := boss_of(stack), secret=read_secret(stack.var), folder=stack.var, nudge=nudge_of(stack),
            items=given.items, tagged=given.tagged,
        )  # fmt: skip
        print(*in_words(story), f"{time.monotonic() - began:.0f} s", sep="\n", flush=True)
        if given.pictures:
            print(*pictures.take(boss, story.sure.project, given.pictures), sep="\n", flush=True)
        if given.stay:
            signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
