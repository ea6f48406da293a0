"""REVIEW as the review page receives it: the item once, every answer to it, and what they add up to."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from labeling.pseudonym import annotator_pseudonym
from labeling.types import registry
from labeling.types.base import TaskType
from tasks.models import Answer, Comment, Consensus, Project, Review, Task
from tasks.models.review import Stage
from tasks.selectors import payload
from tasks.selectors.answering import configs_of, judged
from tasks.selectors.machines import names_of_machines
from tasks.selectors.rereading import rereader_of
from tasks.selectors.reviews import Reviewer
from tasks.selectors.set_aside import SetAsideReader
from tasks.selectors.weights import posterior_of, weights_of
from workers.models import User

SHOWN = ("value", "confidence", "method", "label", "by_method", "answers", "agreement")
JSON = ("[", "{")  # how a column begins that is for programs
LONGEST_LINE = 300  # characters of an answer in words
MOST_WORDS = 20_000  # characters of a text that is compared in the page


def consensus_shown(review: Review, consensus: Consensus | None) -> dict[str, Any] | None:
    """The consensus as this reviewer sees it: a blind second one sees what the first one saw, not what came of it."""
    if review.stage == Stage.SECOND and review.earlier is not None:
        return (review.earlier.before or {}).get("consensus")
    return {name: getattr(consensus, name) for name in SHOWN} if consensus else None


def reviews_as_sent(who: Reviewer, project: Project, reviews: Sequence[Review]) -> dict[str, Any]:
    """{"reviews": […], "projects": {"<project>.<version>": PROJECT}}, with a fixed number of queries."""
    if not reviews:
        return {"reviews": [], "projects": {}}
    found = Review.objects.filter(pk__in=[one.pk for one in reviews]).select_related(
        "task__item", "task__consensus", "earlier__earlier"
    )
    rows = {one.pk: one for one in found}
    ordered = [rows[one.pk] for one in reviews]
    tasks = [one.task_id for one in ordered]
    answers: dict[int, list[Answer]] = defaultdict(list)
    for answer in Answer.objects.filter(task__in=tasks, is_live=True).select_related("task__item").order_by("pk"):
        answers[answer.task_id].append(answer)
    people = {answer.annotator_id for given in answers.values() for answer in given}
    shared = _Shared(who, project, people, tasks)
    sent = [shared.review(one, answers[one.task_id]) for one in ordered]
    return {"reviews": sent, "projects": payload.projects_of(sent)}


def look_at(who: Reviewer, task: Task) -> dict[str, Any]:
    """{"review", "project"} of a task that somebody only looks at: nothing is leased."""
    answers = list(Answer.objects.filter(task=task, is_live=True).select_related("task__item").order_by("pk"))
    shared = _Shared(who, task.project, {answer.annotator_id for answer in answers}, [task.pk])
    version = task.own_version or task.project.version
    review = Review(pk=0, project=task.project, task=task, stage=Stage.FIRST, schema_version=version)
    sent = shared.review(review, answers)
    return {"review": sent, "project": payload.projects_of([sent])[f"{task.project_id}.{version}"]}


class _Shared:
    """What the reviews of one reply have in common."""

    def __init__(self, who: Reviewer, project: Project, people: set[int], tasks: list[int]) -> None:
        self.who, self.project = who, project
        self.type = registry.get(project.type)
        self.configs = configs_of([project.pk])
        self.reader = rereader_of(project)
        self.weights = weights_of(project.pk, people)
        self.machines = names_of_machines(people)
        self.set_aside = SetAsideReader(project.pk, tells_reasons=who.sees_names)
        self.names = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) if who.sees_names else {}
        self.comments: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for said in Comment.objects.filter(task__in=tasks).order_by("pk"):
            self.comments[said.task_id].append({"who": self.name(said.author_id), "text": said.text})

    def name(self, user_id: int) -> str:
        if user_id in self.machines:
            return self.machines[user_id]
        pseudonym = annotator_pseudonym(organization_id=self.who.organization_id, user_id=user_id)
        return self.names.get(user_id) or pseudonym[:10]

    def review(self, review: Review, answers: list[Answer]) -> dict[str, Any]:
        task = review.task
        config = self.configs[self.project.pk, review.schema_version]
        consensus = getattr(task, "consensus", None)
        shown = consensus_shown(review, consensus)
        value = shown["value"] if shown else None
        settled = self._settled(review)
        return {
            "id": review.pk,
            "task": task.pk,
            "project": self.project.pk,
            "schema_version": review.schema_version,
            "stage": review.stage,
            "state": task.state,
            "item": payload.item(task.item_id, task.item.data, task.item.media, self.project.type),
            "consensus": self._consensus(shown, config) if shown else None,
            "answers": settled or [self._answer(answer, value, config, consensus) for answer in answers],
            "comments": self.comments[task.pk],
        }

    def _consensus(self, shown: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
        return {
            "value": shown["value"],
            "confidence": shown["confidence"],
            "method": shown["method"],
            "agreement": shown["agreement"],
            "posterior": posterior_of(shown["by_method"]),
            "texts": texts_of(self.type, shown["value"], config),
            "words": words_of(self.type, shown["value"], config),
        }

    def _answer(self, answer: Answer, consensus: Any, config: dict[str, Any], row: Consensus | None) -> dict[str, Any]:
        own = self.configs.get((self.project.pk, answer.schema_version), config)
        value, is_older = answer.value, own != config
        if is_older and self.reader is not None and self.reader.follows(answer.schema_version):
            item = judged(answer.task.item.data, answer.task.item.media)
            if (now := self.reader.read(value, answer.schema_version, item)) is not None:
                value, own = now, config  # in the labels of now, so that it can be shown beside the others
        return {
            "id": answer.pk,
            "who": self.name(answer.annotator_id),
            "is_machine": answer.annotator_id in self.machines,
            "value": value,
            "apart": self._apart(value, consensus, config) if own == config else None,
            "texts": texts_of(self.type, value, own),
            "words": words_of(self.type, value, own),
            "weight": self.weights.get(answer.annotator_id),
            "seconds": round(answer.active_ms / 1000, 1) if answer.active_ms else None,
            "answered_at": answer.created_at,
            "is_older": is_older,
            "set_aside": (why := self.set_aside.why(answer, row)) and {"by": why.by, "reason": why.reason},
            "may_reject": not answer.is_locked,
        }

    def _apart(self, value: Any, consensus: Any, config: dict[str, Any]) -> float | None:
        return None if consensus is None else round(self.type.distance(value, consensus, config), 4)

    def _settled(self, review: Review) -> list[dict[str, Any]]:
        """Whoever settles a disagreement of two reviewers sees their two answers instead of the annotators'."""
        if review.stage != Stage.THIRD or review.earlier is None or review.earlier.earlier is None:
            return []
        config = self.configs[self.project.pk, review.schema_version]
        return [
            {
                "id": -n,
                "who": "",
                "value": one.value,
                "apart": None,
                "texts": texts_of(self.type, one.value, config),
                "words": words_of(self.type, one.value, config),
                "weight": None,
                "seconds": None,
                "answered_at": one.decided_at,
                "is_older": False,
                "set_aside": None,
                "may_reject": False,
            }
            for n, one in enumerate((review.earlier.earlier, review.earlier), start=1)
        ]


def texts_of(task_type: TaskType, value: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, str]:
    """The answer's columns that are written text: what people compare word by word. Codes and JSON are not."""
    row = task_type.export_row(value, config)
    return {
        name: text[:MOST_WORDS]
        for name, text in row.items()
        if isinstance(text, str) and " " in text.strip() and text[:1] not in JSON and " / " not in text
    }


def words_of(task_type: TaskType, value: dict[str, Any] | None, config: dict[str, Any]) -> str:
    """The answer in a line: its objects counted by label, or its columns with their names where there are several."""
    if value is None:
        return ""
    titles = titles_of(config)
    objects = task_type.objects(value)
    if objects is not None:
        named = [each["label"] for each in objects if isinstance(each, dict) and isinstance(each.get("label"), str)]
        found = Counter(titles.get(label, label) for label in named)
        return ", ".join(f"{name} × {count}" if count > 1 else str(name) for name, count in found.most_common())
    row = {name: said for name, said in task_type.export_row(value, config).items() if _is_said(said)}
    said = [
        _in_words(name, titles.get(value, value) if isinstance(value, str) else value, len(row))
        for name, value in row.items()
    ]
    return ", ".join(said)[:LONGEST_LINE]


def _is_said(value: Any) -> bool:
    return value not in (None, False, "") and not (isinstance(value, str) and value[:1] in JSON)


def titles_of(config: dict[str, Any]) -> dict[str, str]:
    """How people see the labels, by what stands in the data."""
    listed = [*config.get("options", []), *config.get("labels", [])]
    named = [one for one in listed if isinstance(one, dict) and "value" in one]
    return {one["value"]: one.get("label") or one["value"] for one in named}


def _in_words(name: str, value: Any, columns: int) -> str:
    last = name.rsplit(".", 1)[-1]
    if value is True:
        return last
    return str(value) if columns == 1 else f"{last}: {value}"
