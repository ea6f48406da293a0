"""Rows for benchmarks by the million, made inside PostgreSQL. Elsewhere a benchmark fills its tables itself."""

from typing import Any

from django.db import connection

WORDS = 5000
ITEMS = """
INSERT INTO tasks_item (dataset_id, key, data, media, content_hash, created_at)
SELECT %(dataset)s, 'k' || n, {data}, {media}, 'x', now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
TEXT = """jsonb_build_object('text', (SELECT string_agg(substr(md5(((n * 7919 + k * 104729 + (n / 977) * k)
    %% {words})::text), 1, 7), ' ') FROM generate_series(1, 15) k))"""
PICTURE = """jsonb_build_object('image', jsonb_build_object('key', 'images/1/' || n || '.jpg', 'thumb',
    'images/1/' || n || '.webp', 'width', 640, 'height', 400, 'format', 'JPEG', 'bytes', 1000))"""
TASKS = """
INSERT INTO tasks_task (project_id, item_id, state, priority, wanted, taken, answered, extra, is_audit, created_at,
                        resolved_at)
SELECT %(project)s, i.id, 'resolved', 0, 1, 1, 1, 0, false, now(), now() - random() * interval '30 days'
FROM tasks_item i WHERE i.dataset_id = %(dataset)s ORDER BY i.id
ON CONFLICT DO NOTHING
"""
ASSIGNMENTS = """
INSERT INTO tasks_assignment (organization_id, project_id, task_id, annotator_id, state, schema_version, active_ms,
                              skip_reason, skip_note)
SELECT %(organization)s, %(project)s, t.id, (%(people)s::bigint[])[1 + t.id %% %(number)s], 'submitted', 1, 0, '', ''
FROM tasks_task t WHERE t.project_id = %(project)s ORDER BY t.id
"""
ANSWERS = """
INSERT INTO tasks_answer (client_id, content_hash, assignment_id, task_id, project_id, annotator_id, schema_version,
                          value, active_ms, suggestion_outcome, is_live, is_applied, is_locked, created_at)
SELECT gen_random_uuid(), 'x', a.id, a.task_id, a.project_id, a.annotator_id, 1, %(value)s::jsonb,
       900 + (random() * 89000)::int, '', true, true, false, now() - random() * interval '30 days'
FROM tasks_assignment a WHERE a.project_id = %(project)s ORDER BY a.id
"""
CONSENSUS = """
INSERT INTO tasks_consensus (task_id, project_id, value, confidence, method, by_method, answers, basis, evidence,
                             agreement, label, updated_at)
SELECT a.task_id, a.project_id, a.value, round(random()::numeric, 4), 'majority', '{}', jsonb_build_array(a.id), '{}',
       '{}', round(random()::numeric, 4), CASE WHEN random() < 0.001 THEN 'bad' ELSE 'good' END, now()
FROM tasks_answer a WHERE a.project_id = %(project)s ORDER BY a.id
"""


def fill(*, project: Any, dataset: Any, people: list[Any], count: int, value: str, pictures: bool = False) -> None:
    """Items, and for each a task with one answer and a consensus."""
    add_items(dataset, count, pictures=pictures)
    answer_all(project=project, dataset=dataset, people=people, value=value)


def add_items(dataset: Any, count: int, *, pictures: bool = False) -> None:
    with connection.cursor() as cursor:
        data = "jsonb_build_object('image', n || '.jpg')" if pictures else TEXT.format(words=WORDS)
        sql = ITEMS.format(data=data, media=PICTURE if pictures else "'{}'")
        for first in range(1, count + 1, 50_000):
            cursor.execute(sql, {"dataset": dataset.pk, "first": first, "last": min(count, first + 49_999)})


def answer_all(*, project: Any, dataset: Any, people: list[Any], value: str) -> None:
    ids = [person.pk for person in people]
    values = {"project": project.pk, "dataset": dataset.pk, "organization": project.organization_id, "people": ids}
    with connection.cursor() as cursor:
        for sql in (TASKS, ASSIGNMENTS, ANSWERS, CONSENSUS):
            cursor.execute(sql, values | {"number": len(ids), "value": value})
        cursor.execute("ANALYZE")
