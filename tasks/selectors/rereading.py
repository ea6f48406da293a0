"""Answers of earlier versions, read in the labels of now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labeling.types import registry
from labeling.types.relabeling import reread
from tasks.models import Project, ProjectVersion, SchemaChange


@dataclass(frozen=True, slots=True)
class Step:
    moved: dict[str, Any]
    config: dict[str, Any]  # that it leads to


class Rereader:
    """Reads answers of one project through the changes of its labels since each was given.

    A change and the one that takes it back cancel out, so that what was given before both is read as it was given.
    """

    def __init__(
        self,
        task_type: Any,
        current: int,
        versions: Mapping[int, tuple[str, dict[str, Any]]],
        changes: list[SchemaChange],
    ) -> None:
        self.type, self.current, self.versions, self.changes = task_type, current, versions, changes
        self._steps: dict[int, tuple[list[Step], bool]] = {}

    def follows(self, version: int) -> bool:
        """Whether answers of that version are to be read through changes."""
        return bool(self._way(version)[0])

    def is_exact(self, version: int) -> bool:
        """Whether the changes are all that differs: then what is read answers the very question of now."""
        steps, exact = self._way(version)
        return bool(steps) and exact

    def exact_versions(self) -> list[int]:
        return [number for number in self.versions if self.is_exact(number)]

    def read(self, answer: dict[str, Any], version: int, item: Mapping[str, Any]) -> dict[str, Any] | None:
        """None where it cannot be said in the labels of now."""
        found: dict[str, Any] | None = answer
        for step in self._way(version)[0]:
            if found is not None:
                found = reread(self.type, found, step.moved, step.config, item)
        return found

    def _way(self, version: int) -> tuple[list[Step], bool]:
        if version not in self._steps:
            self._steps[version] = self._find(version)
        return self._steps[version]

    def _find(self, version: int) -> tuple[list[Step], bool]:
        if version not in self.versions or self._hash(version) == self._hash(self.current):
            return [], True
        later = [each for each in self.changes if each.from_version >= version]
        there = {each.pk for each in later}
        taken_back = {each.undoes_id for each in later if each.undoes_id in there}
        way = [each for each in later if each.pk not in taken_back and each.undoes_id not in taken_back]
        steps = [Step(each.moved, self.versions[each.to_version][1]) for each in way]
        ends = [self._hash(version), *[self._hash(n) for each in way for n in (each.from_version, each.to_version)]]
        ends.append(self._hash(self.current))
        return steps, all(ends[n] == ends[n + 1] for n in range(0, len(ends), 2))

    def _hash(self, version: int) -> str:
        return self.versions[version][0]


def rereader_of(project: Project) -> Rereader | None:
    """None for a project whose labels never changed so: most of them, and they pay one query."""
    changes = list(SchemaChange.objects.filter(project=project).order_by("to_version").defer("gold_before"))
    if not changes:
        return None
    rows = ProjectVersion.objects.filter(project=project).values_list("number", "config_hash", "config")
    versions = {number: (config_hash, config) for number, config_hash, config in rows}
    return Rereader(registry.get(project.type), project.version, versions, changes)


def rereaders_of(project_ids: Iterable[int]) -> dict[int, Rereader]:
    """By project, of those among these whose labels ever changed so."""
    changed = SchemaChange.objects.filter(project__in=set(project_ids)).values("project")
    found = ((project.pk, rereader_of(project)) for project in Project.objects.filter(pk__in=changed))
    return {pk: reader for pk, reader in found if reader is not None}
