"""What a project asks now, as the consensus needs it."""

from dataclasses import dataclass
from typing import Any

from labeling.aggregation import dawid_skene, e4, live, medoid
from labeling.aggregation.ballot_scores import MOST_CLASSES
from labeling.types import registry
from labeling.types.base import Ballot, TaskType
from tasks.models import Project, ProjectVersion
from tasks.selectors.machines import machine_users
from tasks.selectors.policies import InForce, in_force, left_out_of
from tasks.selectors.rereading import Rereader, rereader_of

OWN = "own"  # how a kind of answer that is no vote is settled: each has one method of its own


@dataclass(frozen=True)
class Schema:
    project_id: int
    type: TaskType
    config: dict[str, Any]
    config_hash: str
    method: str  # the project's way to settle a task
    classes: dict[str, tuple[str, ...]]  # of each part of an answer
    hashes: dict[int, str]  # of every version
    version: int
    force: InForce
    left_out: frozenset[int]  # people whose answers count for nothing
    machines: frozenset[int] = frozenset()  # annotators whose answers take nobody's place
    reader: Rereader | None = None  # of answers given before the labels changed
    is_bound: bool = False  # parts of an answer hang together, or have very many classes

    @property
    def counted(self) -> str:
        """The method whose posteriors make up the annotators' counts, and tell how sure to be."""
        if not self.classes:
            return medoid.NAME if self.method == medoid.NAME else OWN
        if self.method in live.PROBABLE:
            return self.method
        return e4.NAME if self.force.is_adaptive else dawid_skene.NAME

    @property
    def by_type(self) -> bool:
        """Whether the type's own `aggregate` settles: answers are no votes, or votes that cannot be counted part by
        part. What it tells about people are named sums then, not tables."""
        return not self.classes or (self.is_bound and self.counted == e4.NAME)

    def pools(self, version: int) -> bool:
        """Whether answers under that version were asked the same as now."""
        return self.hashes.get(version) == self.config_hash


def read_schema(project_id: int) -> Schema:
    project = Project.objects.get(pk=project_id)
    versions = ProjectVersion.objects.filter(project_id=project_id)
    hashes = dict(versions.values_list("number", "config_hash"))
    config = versions.get(number=project.version).config
    task_type = registry.get(project.type)
    ballot = task_type.ballot({}, config)
    return Schema(
        project_id=project_id,
        type=task_type,
        config=config,
        config_hash=hashes[project.version],
        method=project.aggregation,
        classes=dict(ballot.classes),
        hashes=hashes,
        is_bound=is_bound(ballot),
        version=project.version,
        force=in_force(project_id),
        left_out=left_out_of(project_id),
        machines=machine_users(project_id),
        reader=rereader_of(project),
    )


def is_bound(ballot: Ballot) -> bool:
    many = any(len(names) > MOST_CLASSES for names in ballot.classes.values())
    return bool(ballot.ordered or ballot.questions or ballot.alike or ballot.elect or many)
