"""Recorded workers at work: everybody's answers in their own order, many people at once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid5

from labeling.errors import GroundworkError
from tasks.replay.client import Api
from tasks.replay.people import join
from tasks.replay.recording import Recording, Said

NAMESPACE = UUID("6f7a2d1e-9d0c-4b6e-8a55-3b1f6f0c7d21")
GIVEN = ("stored", "duplicate", "late")
AT_ONCE = 20  # tasks claimed and answered in one round trip
THREADS = 8


class AnswerRefused(GroundworkError):
    """The server did not take a recorded answer."""


def give_all(
    manager: Api,
    recording: Recording,
    *,
    project_id: int,
    tasks: Mapping[str, int],
    to_answer: Callable[[str], dict[str, Any]],
    crowd: str,
    secret: bytes,
    at_once: int = AT_ONCE,
    threads: int = THREADS,
    advance: Callable[[int], None] = lambda number: None,
) -> None:
    """Give every recorded answer. What an earlier run gave already is passed over: the ids of answers are derived.

    First everybody joins: a project that is not open to all is opened to them.
    """
    by_worker = recording.by_worker()
    with ThreadPoolExecutor(threads, thread_name_prefix="replay") as pool:
        people = list(pool.map(lambda worker: join(manager, worker=worker, crowd=crowd, secret=secret), by_worker))
        if not manager.get(f"/projects/{project_id}")["open_to_all"]:
            members = [person.user for person in people]
            manager.call("PATCH", f"/projects/{project_id}", json={"members": members})
        running = [
            pool.submit(_give, person, said, project_id, tasks, to_answer, at_once, advance)
            for person, said in zip(people, by_worker.values(), strict=True)
        ]
        try:
            for one in running:
                one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    for person in people:
        person.close()


def _give(
    person: Api,
    said: Sequence[Said],
    project_id: int,
    tasks: Mapping[str, int],
    to_answer: Callable[[str], dict[str, Any]],
    at_once: int,
    advance: Callable[[int], None],
) -> None:
    """Each round trip brings the answers to the tasks claimed by the one before, and claims the next."""
    by_task = {tasks[one.item]: one for one in said}
    waiting = list(by_task)
    answers: list[dict[str, Any]] = []
    while waiting or answers:
        claim, waiting = waiting[:at_once], waiting[at_once:]
        reply = person.call("POST", "/work/exchange", json={"answers": answers, "claim": claim})
        for result in reply["results"]:
            if result["status"] not in GIVEN:
                raise AnswerRefused(f"answer {result['id']} is {result['status']}: {result.get('detail')}")
        turns = {turn["assignment"]: turn for turn in reply["tasks"]}
        given = {one["task"]: one["assignment"] for one in reply["claimed"] if one["status"] == "leased"}
        leased = {task: turns[assignment] for task, assignment in given.items() if assignment in turns}
        advance(len(answers) + sum(task not in leased for task in claim))
        answers = [
            {
                "id": str(uuid5(NAMESPACE, f"{project_id}/{by_task[task].worker}/{by_task[task].item}")),
                "assignment": leased[task]["assignment"],
                "schema_version": leased[task]["schema_version"],
                "answer": to_answer(by_task[task].answer),
            }
            for task in claim
            if task in leased  # the others were answered by an earlier run; `compare` tells if not
        ]
