"""How good machines are, measured against people who did not see what they said; and what showing it does to people."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from labeling.aggregation import medoid
from labeling.quality.reliance import Difference, Share, difference
from labeling.types import registry
from labeling.types.base import TaskType
from tasks.models import Answer, Consensus, Gold, Machine, MachineAnswer, Project, ProjectVersion
from tasks.models.machines import Purpose
from tasks.selectors.answering import judged
from tasks.selectors.machines import machine_users
from tasks.selectors.policies import left_out_of
from tasks.selectors.rereading import rereader_of
from tasks.states import GoldState, TaskState

NEWEST = 5000  # answers of a machine that are looked at
NEAR = 0.1  # as far as this from the people's answer, by the type's own distance, is right
MOST_LABELS = 20
REVIEW = "review"  # the method of a consensus that a reviewer settled
BY_MACHINE = "machine"  # of one that a machine settled alone
CLOSED = (TaskState.RESOLVED, TaskState.IN_REVIEW, TaskState.CHECK, TaskState.PRACTICE)


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer of a machine beside the truth of its task, as far as people have said it."""

    row: MachineAnswer
    truth: dict[str, Any]
    is_right: bool


Beside = tuple[Answer, dict[str, Any], dict[str, Any]]  # what a person said, and the machine, in the labels of now


@dataclass(slots=True)
class Arm:
    """Answers of people with the machine's answer before their eyes, or without."""

    agree: Share = field(default_factory=lambda: Share(0, 0))
    right: Share = field(default_factory=lambda: Share(0, 0))  # on tasks that a reviewer settled
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Reliance:
    shown: Arm
    hidden: Arm
    agree: Difference | None
    right: Difference | None

    @property
    def saved(self) -> float | None:
        """Seconds by which an answer is quicker with a suggestion, in the median."""
        if self.shown.seconds is None or self.hidden.seconds is None:
            return None
        return round(self.hidden.seconds - self.shown.seconds, 1)


class Ruler:
    """Tells whether two answers of a project are the same, and what people alone say of a task."""

    def __init__(self, project: Project) -> None:
        self.type: TaskType = registry.get(project.type)
        self.config: dict[str, Any] = ProjectVersion.objects.get(project=project, number=project.version).config
        self.reader = rereader_of(project)

    def now(self, said: Answer | MachineAnswer) -> dict[str, Any] | None:
        """What was said in the labels of now, its task loaded with it; None where it cannot be."""
        if self.reader is None or said.task.own_version or not self.reader.follows(said.schema_version):
            return said.value
        item = judged(said.task.item.data, said.task.item.media)
        return self.reader.read(said.value, said.schema_version, item)

    def same(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        return one == other or self.type.distance(one, other, self.config) <= NEAR

    def together(self, values: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Part by part what most of them say; of answers that are no votes the one nearest to the others."""
        if len(values) == 1:
            return values[0]
        ballot = self.type.ballot(dict(enumerate(values)), self.config)
        if not ballot.classes:
            place, _ = medoid.nearest(values, lambda one, other: self.type.distance(one, other, self.config))
            return values[place]
        won = {}
        for part, names in ballot.classes.items():
            given = [vote.value for vote in ballot.votes if vote.part == part]
            won[part] = max(names, key=given.count)  # the first one wins a tie, as in the majority
        return ballot.rebuild(won)


def judged_answers(project: Project, machine: Machine, *, newest: int = NEWEST) -> list[Judged]:
    """The machine's answers, newest first, to tasks that people have settled without seeing what it said.

    What a reviewer said is the truth; else what people say without any machine's vote. A machine's own answer, shown
    or counted, must not help it; nor may another's, which is often wrong in the same way.
    """
    rows = list(
        MachineAnswer.objects.filter(project=project, machine=machine, task__state__in=CLOSED)
        .exclude(task__consensus__method=BY_MACHINE)
        .select_related("task__item")
        .order_by("-pk")[:newest]
    )
    ruler, tasks = Ruler(project), [row.task_id for row in rows]
    verdicts = _verdicts(tasks)
    by_task = _people(project, tasks)
    found = []
    for row in rows:
        truth = verdicts.get(row.task_id)
        if truth is None:
            given = [ruler.now(answer) for answer in by_task[row.task_id] if not answer.suggestion_outcome]
            blind = [value for value in given if value is not None]
            truth = ruler.together(blind) if blind else None
        said = ruler.now(row)
        if truth is not None and said is not None:
            found.append(Judged(row, truth, ruler.same(said, truth)))
    return found


def _verdicts(tasks: Collection[int]) -> dict[int, dict[str, Any]]:
    known: dict[int, dict[str, Any]] = {}
    for some in _chunks(list(tasks)):
        known |= dict(Gold.objects.filter(task_id__in=some, state=GoldState.ACTIVE).values_list("task_id", "answer"))
    return known | {
        task_id: value
        for some in _chunks(list(tasks))
        for task_id, value in Consensus.objects.filter(task_id__in=some, method=REVIEW).values_list("task_id", "value")
    }


def _people(project: Project, tasks: Collection[int]) -> Mapping[int, list[Answer]]:
    """Live answers of people who count, by task."""
    nobody = machine_users(project.pk) | left_out_of(project.pk)
    found: dict[int, list[Answer]] = defaultdict(list)
    for some in _chunks(list(tasks)):
        answers = Answer.objects.filter(task_id__in=some, is_live=True).exclude(annotator_id__in=nobody)
        answers = answers.select_related("task__item")
        for answer in answers.order_by("pk"):
            found[answer.task_id].append(answer)
    return found


def _chunks(ids: list[int], size: int = 1000) -> Iterator[list[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def skill_of(judged: Collection[Judged]) -> Share:
    return Share(sum(each.is_right for each in judged), len(judged))


def by_label(project: Project, judged: Collection[Judged]) -> list[tuple[str, Share]]:
    """Accuracy by what the truth is, the most frequent first."""
    task_type = registry.get(project.type)
    config = ProjectVersion.objects.get(project=project, number=project.version).config
    groups: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        groups[_words(task_type.export_row(each.truth, config))].append(each)
    most = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MOST_LABELS]
    return [(label, skill_of(mine)) for label, mine in most]


def _words(columns: dict[str, Any]) -> str:
    told = [name.split(".", 1)[-1] if value is True else str(value) for name, value in columns.items() if value]
    return ", ".join(told)[:60] or "–"


def reliance(project: Project, machine: Machine, *, newest: int = NEWEST) -> Reliance:
    """People who were shown what the machine said beside people from whom a share of it was kept."""
    rows = MachineAnswer.objects.filter(project=project, machine=machine, purpose=Purpose.SUGGESTION)
    said = {row.task_id: row for row in rows.select_related("task__item").order_by("-pk")[:newest]}
    ruler, verdicts = Ruler(project), _verdicts(said)
    groups: dict[bool, list[Beside]] = {True: [], False: []}
    for task_id, answers in _people(project, said).items():
        row = said[task_id]
        told = ruler.now(row)
        for answer in answers:
            if answer.created_at >= row.created_at and bool(answer.suggestion_outcome) != row.is_control:
                value = ruler.now(answer)
                if value is not None and told is not None:
                    groups[not row.is_control].append((answer, value, told))
    arms = {shown: _arm(pairs, verdicts, ruler) for shown, pairs in groups.items()}
    shown, hidden = arms[True], arms[False]
    return Reliance(shown, hidden, difference(shown.agree, hidden.agree), difference(shown.right, hidden.right))


def _arm(beside: Sequence[Beside], verdicts: Mapping[int, dict[str, Any]], ruler: Ruler) -> Arm:
    agree = sum(ruler.same(value, told) for _, value, told in beside)
    checked = [(answer.task_id, value) for answer, value, _ in beside if answer.task_id in verdicts]
    right = sum(ruler.same(value, verdicts[task_id]) for task_id, value in checked)
    times = [answer.active_ms / 1000 for answer, _, _ in beside if answer.active_ms]
    return Arm(Share(agree, len(beside)), Share(right, len(checked)), round(median(times), 1) if times else None)
