"""Tasks that ask another question than their project does now: settled one by one, pooled with nothing.

How good people are at the project's question says nothing about these, so their answers count alike: by majority, or
the nearest to all others. A task whose own version differs in words only (an equal hash) is one of the project's.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from labeling.types import registry
from tasks.models import ProjectVersion, QualityState, Task
from tasks.services.consensus.schema import Schema
from tasks.services.consensus.scoring import Scored


def own_questions(schema: Schema, task_ids: Sequence[int]) -> tuple[list[int], list[tuple[Schema, list[int]]]]:
    """The tasks that ask the project's question, and the others by what they ask."""
    own = Task.objects.filter(pk__in=task_ids, own_version__isnull=False).values_list("pk", "own_version")
    apart: dict[str, list[int]] = defaultdict(list)
    number_of: dict[str, int] = {}
    for pk, number in own:
        if number is not None and not schema.pools(number):
            apart[schema.hashes[number]].append(pk)
            number_of[schema.hashes[number]] = number
    left = set(task_ids).difference(*apart.values())
    return [pk for pk in task_ids if pk in left], [
        (schema_of(schema, number_of[config_hash]), ids) for config_hash, ids in apart.items()
    ]


def schema_of(schema: Schema, number: int) -> Schema:
    """The project's schema as it would be if that version were the current one."""
    config = ProjectVersion.objects.values_list("config", flat=True).get(project=schema.project_id, number=number)
    classes = dict(registry.get(schema.type.name).ballot({}, config).classes)
    return replace(
        schema,
        config=config,
        config_hash=schema.hashes[number],
        classes=classes,
        version=number,
        is_bound=False,
        reader=None,
    )


def not_scored(state: QualityState) -> Scored:
    return Scored(posteriors={}, sure={}, model=state.model, counts={})
