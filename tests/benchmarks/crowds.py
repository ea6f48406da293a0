"""Consensus on recorded crowds and on made-up ones.

`CROWD_DATA=FOLDER OMP_NUM_THREADS=1 python -m tests.benchmarks.crowds [PART …]`

Parts: accuracy (rte, MS, SP_amt: accuracy, negative log-likelihood, calibration error of every method), stopping (the
rule to stop when sure, replayed), speed (a million answers), memory (twenty million), online (answer by answer), kinds
(boxes, transcripts, comparisons). Beside crowd-kit where that is installed: `pip install -r
tests/benchmarks/requirements.txt`, in an environment of its own. Every figure stands beside its limit; exit code 1 if
one is missed.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import resource
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from labeling import aggregation
from labeling.aggregation import bradley_terry, e4, hierarchical, incremental, live_e4, medoid, rover, texts
from labeling.aggregation.settling import Case, learn
from labeling.aggregation.votes import Votes, from_triples
from labeling.crowd_csv import read_answers, read_crowd_csv, read_truth_csv
from labeling.quality import calibration, stopping, temperature
from labeling.types import registry
from labeling.types.edit_distance import levenshtein, normalized

CROWDS = {"rte": 0.9245, "MS": 0.795, "SP_amt": 0.943}
STOPPING = {"rte": (5.1, 0.922), "SP_amt": (2.4, 0.930)}
HELD = "h4", "dawid_skene", "e4"
"""Methods that must be as fast as said."""
RUNS = 3
"""Of a fit whose time counts: the fastest is the least disturbed by what else the machine does."""
SEEDS = 3
MANY_SEEDS = 30
CROWD_KIT = importlib.util.find_spec("crowdkit") is not None
missed: list[str] = []


def held(name: str, value: float, limit: float, *, at_most: bool = True, digits: int = 4) -> None:
    """Print a figure beside its limit."""
    good = value <= limit + 1e-9 if at_most else value >= limit - 1e-9
    if not good:
        missed.append(name)
    print(f"  {name}: {value:.{digits}f} ({'at most' if at_most else 'at least'} {limit}){'' if good else '  MISSED'}")


def read(name: str) -> tuple[Votes, np.ndarray]:
    """Votes, and the code of each item's truth; -1 where no answer says it."""
    folder = Path(os.environ["CROWD_DATA"]) / name
    votes = from_triples(read_crowd_csv(folder / "answers.csv"))
    truth = dict(read_truth_csv(folder / "truth.csv"))
    codes = {str(value): n for n, value in enumerate(votes.classes)}
    return votes, np.array([codes.get(truth[str(item)], -1) for item in votes.items])


def accuracy_of(posterior: np.ndarray, truth: np.ndarray) -> float:
    """Ties share: an item whose top classes are equal counts as the chance of picking the right one."""
    top = posterior >= posterior.max(axis=1, keepdims=True) - 1e-9
    hit = np.where(truth >= 0, top[np.arange(len(truth)), truth], False)
    return float((hit / top.sum(axis=1)).mean())


def measured(posterior: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    known = truth >= 0
    right = posterior.argmax(axis=1) == truth
    loss = calibration.negative_log_likelihood(posterior[known], truth[known])
    return accuracy_of(posterior, truth), loss, calibration.expected_calibration_error(posterior.max(axis=1), right)


def accuracy() -> None:
    for name, least in CROWDS.items():
        votes, truth = read(name)
        print(f"{name}: {len(votes)} answers, {votes.n_items} items, {votes.n_classes} classes")
        found = {method: module.fit(votes).posterior for method, module in aggregation.methods().items()}
        warm = temperature.from_held_out(votes)
        found[f"e4 at temperature {warm:.2f}"] = e4.fit(votes, temperature=warm).posterior
        for method, posterior in [*found.items(), *crowd_kit(votes)]:
            share, loss, error = measured(posterior, truth)
            print(f"  {method:<28} accuracy {share:.4f}  log-likelihood {loss:.3f}  calibration {error:.3f}")
        held("E4", accuracy_of(found["e4"], truth), least, at_most=False)


def crowd_kit(votes: Votes) -> list[tuple[str, np.ndarray]]:
    """Its Dawid-Skene, GLAD and MACE, where it is installed."""
    if not CROWD_KIT:
        print("  (crowd-kit is not installed)")
        return []
    import pandas
    from crowdkit.aggregation import GLAD, MACE, DawidSkene

    frame = pandas.DataFrame({"task": votes.item, "worker": votes.worker, "label": votes.value})
    found = []
    for title, model in (("DS", DawidSkene(100)), ("GLAD", GLAD()), ("MACE", MACE())):
        table = model.fit_predict_proba(frame).reindex(index=range(votes.n_items), columns=range(votes.n_classes))
        found.append((f"crowd-kit {title}", table.fillna(0.0).to_numpy()))
    return found


def stop() -> None:
    for name, (most, least) in STOPPING.items():
        votes, truth = read(name)
        runs = []
        for seed in range(1, MANY_SEEDS + 1):
            played = stopping.replay(votes, tau=0.95, seed=seed)
            runs.append((float(played.used.mean()), accuracy_of(played.result.posterior, truth)))
        used, right = zip(*runs, strict=True)
        print(f"{name}, tau .95, of {len(votes) / votes.n_items:.1f} answers an item")
        held(f"answers an item, {SEEDS} seeds", statistics.mean(used[:SEEDS]), most)
        held(f"accuracy, {SEEDS} seeds", statistics.mean(right[:SEEDS]), least, at_most=False)
        error = statistics.stdev(right) / np.sqrt(SEEDS)
        print(f"  {MANY_SEEDS} seeds: {statistics.mean(used):.3f} answers, accuracy {statistics.mean(right):.4f}; "
              f"a mean of {SEEDS} seeds strays by {error:.4f}")  # fmt: skip


def made_up(answers: int, classes: int, *, each: int = 5, workers: int = 2000) -> tuple[Votes, np.ndarray]:
    chance = np.random.default_rng(1)
    items = answers // each
    truth = chance.integers(classes, size=items, dtype=np.int32)
    skill = chance.uniform(0.55, 0.95, workers)
    item = np.repeat(np.arange(items, dtype=np.int32), each)
    worker = chance.integers(workers, size=answers, dtype=np.int32)
    wrong = (truth[item] + chance.integers(1, classes, size=answers, dtype=np.int32)) % classes
    value = np.where(chance.random(answers, dtype=np.float32) < skill[worker], truth[item], wrong).astype(np.int32)
    return Votes(item, worker, value, items, workers, classes), truth


def speed() -> None:
    """Each fit from votes nobody has looked at, for their tables are made once for all methods."""
    for classes, limit in ((2, 0.3), (10, 1.0)):
        votes, truth = made_up(1_000_000, classes)
        print(f"a million answers, {classes} classes")
        for name in ("majority", "one_coin", "h4", "dawid_skene", "e4"):
            taken = np.inf
            for _ in range(RUNS):
                fresh = replace(votes)
                start = time.process_time()
                result = aggregation.get(name).fit(fresh)
                taken = min(taken, time.process_time() - start)
            if name in HELD:
                held(f"{name}, processor seconds", taken, limit, digits=2)
            else:
                print(f"  {name}: {taken:.2f} processor seconds")
            print(f"    accuracy {float((result.labels == truth).mean()):.4f}")
        if CROWD_KIT:
            import pandas
            from crowdkit.aggregation import DawidSkene

            frame = pandas.DataFrame({"task": votes.item, "worker": votes.worker, "label": votes.value})
            start = time.process_time()
            DawidSkene(10).fit_predict(frame)
            print(f"  crowd-kit DS, 10 iterations: {time.process_time() - start:.2f} processor seconds")


def memory() -> None:
    votes, truth = made_up(20_000_000, 2)
    start = time.process_time()
    result = hierarchical.fit(votes)
    print(f"twenty million answers, 2 classes, h4: {time.process_time() - start:.1f} processor seconds, "
          f"accuracy {float((result.labels == truth).mean()):.4f}")  # fmt: skip
    held("GB at most in memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2.0, digits=2)


def online(chunk: int = 1000) -> None:
    """One pass over rte in chunks as the consumer takes them, and the time an answer takes."""
    votes, truth = read("rte")
    for size in (1, 25, chunk):
        state, posterior = incremental.empty_state(votes.n_workers, votes.n_classes), np.zeros((votes.n_items, 2))
        order = np.random.default_rng(1).permutation(len(votes))
        by_item: dict[int, list[int]] = defaultdict(list)
        steps = []
        for done in range(0, len(votes), size):
            fresh = order[done : done + size]
            touched = np.unique(votes.item[fresh])
            before = some(votes, touched, [by_item[int(item)] for item in touched])
            for place in fresh:
                by_item[int(votes.item[place])].append(int(place))
            steps.append((before, some(votes, touched, [by_item[int(item)] for item in touched]), touched))
        began = time.process_time()
        for before, now, touched in steps:
            state, posterior[touched] = stepped(before, now, posterior[touched], state)
        taken = time.process_time() - began
        share = accuracy_of(posterior, truth)
        name = f"online, chunks of {size}: microseconds an answer"
        held(name, taken / len(votes) * 1e6, 200, digits=0)
        batch = float((e4.fit(votes).labels == truth).mean())
        held("points below batch", 100 * (batch - share), 1.0, digits=2)


def some(votes: Votes, items: np.ndarray, places: list[list[int]]) -> Votes:
    """The votes at these places, items in their order."""
    flat = np.array([place for each in places for place in each], dtype=int)
    item = np.repeat(np.arange(len(items)), [len(each) for each in places])
    return Votes(item, votes.worker[flat], votes.value[flat], len(items), votes.n_workers, votes.n_classes)


def stepped(before: Votes, now: Votes, old: np.ndarray, state: incremental.State) -> Any:
    """As the platform's consumer does: only the workers at hand."""
    codes: dict[int, int] = {}
    for who in before.worker.tolist() + now.worker.tolist():
        codes.setdefault(who, len(codes))
    workers = list(codes)
    few = [
        Votes(votes.item, np.array([codes[who] for who in votes.worker.tolist()], dtype=int), votes.value,
              votes.n_items, len(workers), votes.n_classes)
        for votes in (before, now)
    ]  # fmt: skip
    mine = incremental.State(state.counts[workers], state.pooled, state.class_mass)
    step = live_e4.rescore(*few, posterior=old, state=mine)
    state.counts[workers] = step.state.counts
    return incremental.State(state.counts, step.state.pooled, step.state.class_mass), step.posterior


def kinds() -> None:
    boxes()
    transcripts()
    comparisons()


def boxes() -> None:
    """Four radiologists, no truth: how well the consensus of three predicts the fourth, whom it has not seen."""
    answers = read_answers(Path(os.environ["CROWD_DATA"]) / "sample_box" / "answers.csv", json.loads)
    kind = registry.get("boxes")
    config = kind.clean_config({"question": "?", "labels": [{"value": "nodule"}], "pixels": "float"})
    scores: dict[str, list[float]] = {"merged": [], "nearest to all": [], "one of the three": []}
    for left_out in range(4):
        cases, held_out = [], []
        for given in answers.values():
            people = sorted(given)
            if len(people) == 4:
                held_out.append(drawn(given[people[left_out]]))
                rest = {who: drawn(given[who]) for n, who in enumerate(people) if n != left_out}
                cases.append(Case(rest, {"image": {"width": 1024, "height": 1024}}))
        for name, method in (("merged", "e4"), ("nearest to all", "medoid")):
            found = kind.aggregate(cases, config, method=method)
            pairs = zip(found, held_out, strict=True)
            scores[name] += [1 - kind.distance(one.answer, other, config) for one, other in pairs if one.answer]
        for case, other in zip(cases, held_out, strict=True):
            scores["one of the three"] += [1 - kind.distance(one, other, config) for one in case.answers.values()]
    print("boxes of four radiologists, IoU with the one left out: "
          + ", ".join(f"{name} {statistics.mean(each):.4f}" for name, each in scores.items()))  # fmt: skip


def drawn(edges: list[float]) -> dict[str, Any]:
    left, top, right, bottom = edges
    box = {"uuid": "1", "type": "box", "label": "nodule", "left": left, "top": top, "width": right - left}
    return {"annotations": [box | {"height": bottom - top, "attributes": {}}], "global_attributes": {}}


def transcripts() -> None:
    folder = Path(os.environ["CROWD_DATA"]) / "sample_text"
    answers = read_answers(folder / "answers.csv", str.strip)
    truth = dict(read_truth_csv(folder / "truth.csv"))
    cases = [Case({who: {"text": text} for who, text in given.items()}) for given in answers.values()]
    start = time.process_time()
    found = learn(cases, lambda case, known: texts.settle(case, known, normalized))
    taken = time.process_time() - start
    ways = {
        "weighted ROVER": [each.answer["text"] if each.answer else "" for each in found],
        "unweighted ROVER": [rover.rover(list(g.values()), [1.0] * len(g)).text for g in answers.values()],
        "nearest to all": [list(g.values())[medoid.nearest(list(g.values()), normalized)[0]] for g in answers.values()],
    }
    print("transcripts, word error rate: "
          + ", ".join(f"{name} {word_error(answers, texts_, truth):.4f}" for name, texts_ in ways.items())
          + f"; {taken / len(cases) * 1e3:.1f} ms a clip")  # fmt: skip


def word_error(answers: Any, found: list[str], truth: dict[str, str]) -> float:
    edits = words = 0
    for item, text in zip(answers, found, strict=True):
        true, said = (plain(each) for each in (truth[item], text))
        edits += levenshtein(true, said)
        words += len(true)
    return edits / words


def plain(text: str) -> list[str]:
    return [word for word in map(rover.normal, text.split()) if any(sign.isalnum() for sign in word)]


def comparisons() -> None:
    folder = Path(os.environ["CROWD_DATA"]) / "sample_pair"
    things: dict[str, int] = {}
    rows = []
    for _worker, item, answer in read_crowd_csv(folder / "answers.csv"):
        one, other = item.split("|")
        codes = [things.setdefault(name, len(things)) for name in (one, other)]
        rows.append((*codes, 0.5 if answer == "equal" else float(answer == one)))
    table = np.array(rows)
    start = time.process_time()
    fitted = bradley_terry.fit(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2], len(things))
    taken = time.process_time() - start
    hits = [
        (fitted.strength[things[one]] > fitted.strength[things[other]]) == (winner == one)
        for item, winner in read_truth_csv(folder / "truth.csv")
        for one, other in [item.split("|")]
        if winner in (one, other)
    ]
    with (folder / "rank_truth.csv").open() as file:
        ranked = [(row["topic"], row["object"], float(row["score"])) for row in csv.DictReader(file)]
    found = []
    for topic in sorted({each[0] for each in ranked}):
        here = [(name, score) for where, name, score in ranked if where == topic and name in things]
        pairs = [(score, fitted.strength[things[name]]) for name, score in here]
        places = np.argsort(np.argsort(np.array(pairs), axis=0), axis=0)
        found.append(abs(float(np.corrcoef(places.T)[0, 1])))
    print(f"comparisons, ridge Bradley-Terry: {np.mean(hits):.4f} of {len(hits)} published pairs, rank correlation "
          f"{', '.join(f'{each:.3f}' for each in found)}; {taken * 1e3:.0f} ms")  # fmt: skip


PARTS = {
    "accuracy": accuracy, "stopping": stop, "speed": speed, "memory": memory, "online": online, "kinds": kinds,
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], default=[])
    for part in parser.parse_args().parts or PARTS:
        PARTS[part]()
    if missed:
        print(f"missed: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
