"""What projects, tasks and results look like from outside."""

from typing import Any

from rest_framework import serializers

from labeling.content_risks import CONTENT_RISKS, LONGEST_NOTE
from labeling.http.serializers import Strict
from tasks.api.images import ImageOut
from tasks.models import Consensus, Project, ProjectVersion, Task
from tasks.selectors.machines import votes_of_machines
from tasks.selectors.media import image_links
from tasks.selectors.results import pseudonym
from tasks.selectors.set_aside import BYS, SetAsideReader
from tasks.services.projects import VERSIONED


class VersionOut(serializers.ModelSerializer):
    class Meta:
        model = ProjectVersion
        fields = ["number", *VERSIONED, "created_at"]


class ProjectOut(serializers.ModelSerializer):
    """Its own fields and those of its current version. Expects `with_current` and the prefetched relations."""

    config = serializers.JSONField()
    guideline = serializers.CharField()
    overlap = serializers.IntegerField()
    end_use = serializers.CharField()
    content_risks = serializers.ListField(child=serializers.CharField())
    content_note = serializers.CharField()
    examples = serializers.ListField(child=serializers.JSONField())
    members = serializers.ListField(child=serializers.IntegerField())
    groups = serializers.ListField(child=serializers.IntegerField())
    datasets = serializers.ListField(child=serializers.IntegerField())

    class Meta:
        model = Project
        fields = [
            "id",
            "name",
            "type",
            "mode",
            "state",
            "version",
            "config",
            "guideline",
            "overlap",
            "end_use",
            "content_risks",
            "content_note",
            "examples",
            "priority",
            "aggregation",
            "suggestion_field",
            "self_selection",
            "open_to_all",
            "most_answers",
            "members",
            "groups",
            "datasets",
            "created_at",
            "launched_at",
        ]

    def to_representation(self, project: Project) -> dict[str, Any]:
        version: ProjectVersion = project.current[0]  # type: ignore[attr-defined]  # with_current
        row = {name: getattr(project, name) for name in self.Meta.fields if hasattr(Project, name)}
        row |= {name: getattr(version, name) for name in VERSIONED}
        row |= {name: [one.pk for one in getattr(project, name).all()] for name in ("members", "groups", "datasets")}
        return {name: row[name] for name in self.Meta.fields}


class ItemOut(serializers.Serializer):
    id = serializers.IntegerField()
    key = serializers.CharField()
    data = serializers.JSONField()  # type: ignore[assignment]  # a field, as DRF means it
    image = ImageOut(allow_null=True)


class BasisOut(serializers.Serializer):
    tau = serializers.FloatField(
        allow_null=True, help_text="How sure the models had to be; null where a task gets a fixed number of answers."
    )
    temperature = serializers.FloatField(help_text="What the posteriors were softened by; 1 leaves them as they were.")
    curve_slope = serializers.FloatField(
        allow_null=True,
        help_text="The confidence is σ(slope × logit(the method's) + shift); null while known answers have shown no"
        " such curve.",
    )
    curve_shift = serializers.FloatField(allow_null=True)
    policy = serializers.IntegerField(help_text="Number of the quality policy in force; 0 for the defaults.")
    calibration = serializers.IntegerField(help_text="Number of the calibration in force; 0 while there is none.")
    calibrated_on = serializers.ChoiceField(
        ["nothing", "audit", "truth"],
        help_text="What tau and the confidence were derived from: nothing yet (the usual values hold), the audit"
        " sample, or labels that are known (gold and reviews).",
    )
    fitted_at = serializers.DateTimeField(allow_null=True, help_text="Of the last fit of all answers.")
    schema = serializers.IntegerField(help_text="The version of the question.")


class ConsensusOut(serializers.Serializer):
    value = serializers.JSONField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as DRF means it
    confidence = serializers.FloatField()
    method = serializers.CharField()
    agreement = serializers.FloatField(allow_null=True)
    basis = BasisOut(allow_null=True, help_text="What it was judged by.")
    updated_at = serializers.DateTimeField()


class TaskOut(serializers.Serializer):
    id = serializers.IntegerField()
    project = serializers.IntegerField()
    state = serializers.CharField()
    priority = serializers.IntegerField()
    wanted = serializers.IntegerField()
    answered = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    item = ItemOut()
    consensus = ConsensusOut(allow_null=True)

    def to_representation(self, task: Task) -> dict[str, Any]:
        return task_row(task)


class AnswerOut(serializers.Serializer):
    id = serializers.IntegerField()
    annotator = serializers.CharField(help_text="A pseudonym, the same everywhere in the organization.")
    machine = serializers.CharField(allow_null=True, help_text="The model and its version, where no person answered.")
    answer = serializers.JSONField()
    schema_version = serializers.IntegerField()
    active_ms = serializers.IntegerField()
    suggestion_outcome = serializers.CharField(
        allow_null=True, help_text="accepted, changed or rejected; null where no suggestion was shown."
    )
    suggestion_counts = serializers.JSONField(
        allow_null=True, help_text="Objects kept, changed, added and removed, where an answer is a list of them."
    )
    set_aside = serializers.ChoiceField(
        BYS,
        allow_null=True,
        help_text="Why it counts for nothing: all answers of the person, or of the machine, are left out, or it answers"
        " no question of now; null where it counts, or is not counted yet.",
    )
    created_at = serializers.DateTimeField()


class TaskDetailOut(TaskOut):
    suggestion = serializers.JSONField(allow_null=True, help_text="The answer that came with the item.")
    answers = AnswerOut(many=True)

    def to_representation(self, task: Task) -> dict[str, Any]:
        return task_row(task) | {
            "suggestion": task.suggestion and task.suggestion["value"],
            "answers": answer_rows(task),
        }


class ResultOut(serializers.Serializer):
    """One task that has a consensus."""

    task = serializers.IntegerField()
    state = serializers.CharField()
    answers = serializers.IntegerField()
    item = ItemOut()
    consensus = ConsensusOut()

    def to_representation(self, task: Task) -> dict[str, Any]:
        row = task_row(task)
        return {"task": task.pk, "answers": task.answered} | {
            name: row[name] for name in ("state", "item", "consensus")
        }


def _consensus_row(consensus: Consensus) -> dict[str, Any]:
    row: dict[str, Any] = {str(name): getattr(consensus, str(name)) for name in ConsensusOut().fields}
    return row | {
        "basis": {str(name): consensus.basis.get(name) for name in BasisOut().fields} if consensus.basis else None
    }


def task_row(task: Task) -> dict[str, Any]:
    plain = ("id", "state", "priority", "wanted", "answered", "created_at", "resolved_at")
    item = task.item
    consensus: Consensus | None = getattr(task, "consensus", None)
    return {name: getattr(task, name) for name in plain} | {
        "project": task.project_id,
        "item": {"id": item.pk, "key": item.key, "data": item.data, "image": image_links(item.media)},
        "consensus": consensus and _consensus_row(consensus),
    }


def answer_rows(task: Task) -> list[dict[str, Any]]:
    plain = ("id", "schema_version", "active_ms", "suggestion_counts", "created_at")
    machines = votes_of_machines([task])
    reader = SetAsideReader(task.project_id, tells_reasons=False)
    void = reader.of(task.live, getattr(task, "consensus", None))  # type: ignore[attr-defined]  # with_answers
    return [
        {name: getattr(answer, name) for name in plain}
        | {
            "annotator": pseudonym(task.project.organization_id, answer),
            "machine": machines.get(answer.pk),
            "set_aside": void[answer.pk].by if answer.pk in void else None,
            "answer": answer.value,
            "suggestion_outcome": answer.suggestion_outcome or None,
        }
        for answer in task.live  # type: ignore[attr-defined]  # with_answers
    ]


class TypeOut(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    family = serializers.CharField()
    inputs = serializers.ListField(child=serializers.CharField())
    samples = serializers.ListField(child=serializers.JSONField())


class RefusedSuggestionOut(serializers.Serializer):
    task = serializers.IntegerField()
    item = serializers.CharField()
    path = serializers.CharField()
    message = serializers.CharField()


class SuggestionsOut(serializers.Serializer):
    usable = serializers.IntegerField(help_text="Tasks of the project with a suggested answer.")
    unusable = serializers.IntegerField(help_text="Tasks whose item has one that is no answer here.")
    problems = RefusedSuggestionOut(many=True, help_text="The first reasons; suggestion-problems lists all.")


class LaunchOut(serializers.Serializer):
    suggestions = SuggestionsOut()
    tasks = serializers.IntegerField(
        help_text="Tasks opened by this call; items the project has already are not asked again."
    )


class TaskCounts(serializers.Serializer):
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    resolved = serializers.IntegerField()
    in_review = serializers.IntegerField(help_text="Tasks that wait for a reviewer.")
    canceled = serializers.IntegerField()


class AnswerCounts(serializers.Serializer):
    given = serializers.IntegerField()
    wanted = serializers.IntegerField()
    percent = serializers.IntegerField()


class HourOut(serializers.Serializer):
    start = serializers.DateTimeField()
    answers = serializers.IntegerField()


class AgreementOut(serializers.Serializer):
    mean = serializers.FloatField(allow_null=True, help_text="Of pairs of answers to the same task, 0 to 1.")
    alpha = serializers.FloatField(allow_null=True, help_text="Krippendorff's alpha: 1 full agreement, 0 chance.")
    measured_on = serializers.IntegerField(help_text="Newest resolved tasks alpha was measured on.")


class ConsensusProgressOut(serializers.Serializer):
    applied = serializers.IntegerField(help_text="Answers the consensus knows.")
    waiting = serializers.IntegerField(help_text="Answers it does not know yet.")
    fitted = serializers.BooleanField(help_text="All are known, and Dawid-Skene was fitted to all of them.")
    fitted_at = serializers.DateTimeField(allow_null=True)


class LabelOut(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as DRF means it
    tasks = serializers.IntegerField(help_text="Resolved ones with it.")
    objects = serializers.IntegerField(required=False, help_text="With it, where results list things (shapes, spans).")


class ProgressOut(serializers.Serializer):
    state = serializers.CharField()
    tasks = TaskCounts()
    answers = AnswerCounts()
    answers_per_hour = serializers.FloatField()
    hours = HourOut(many=True)
    agreement = AgreementOut()
    consensus = ConsensusProgressOut()
    labels = LabelOut(many=True)
    labels_measured_on = serializers.IntegerField(
        allow_null=True, help_text="The newest results in which things were counted; null where labels are of all."
    )
    seconds_left = serializers.IntegerField(allow_null=True)

    def to_representation(self, progress: dict[str, Any]) -> dict[str, Any]:
        return progress


class ProjectChange(Strict):
    """Fields that may change. `config`, `guideline`, `overlap`, `end_use`, `content_…`, `examples` make a version."""

    name = serializers.CharField(max_length=200, required=False)
    config = serializers.JSONField(required=False, help_text="The label schema, as the type wants it.")
    guideline = serializers.CharField(
        required=False, allow_blank=True, max_length=200_000, trim_whitespace=False, help_text="Markdown."
    )
    overlap = serializers.IntegerField(required=False, help_text="Answers wanted for each item, 1 to 100.")
    end_use = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    content_risks = serializers.ListField(
        child=serializers.ChoiceField(choices=CONTENT_RISKS),
        required=False,
        help_text="What the material may be like: told to annotators before they begin; it begins veiled.",
    )
    content_note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE)
    examples = serializers.JSONField(
        required=False,
        help_text='Shown beside the guideline: [{"item": {"text": …} or {"id": …}, "answer", "why", "is_wrong"}].',
    )
    priority = serializers.IntegerField(required=False)
    aggregation = serializers.CharField(required=False)
    suggestion_field = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="The items' column with a suggested answer, read when tasks are opened; empty for none.",
    )
    self_selection = serializers.BooleanField(required=False)
    open_to_all = serializers.BooleanField(required=False)
    most_answers = serializers.IntegerField(
        required=False, allow_null=True, help_text="At most so many a day from one person; null: no limit."
    )
    members = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=10_000)
    groups = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=1000)


class ProjectInput(ProjectChange):
    name = serializers.CharField(max_length=200)
    type = serializers.CharField(max_length=60)
    config = serializers.JSONField(help_text="The label schema, as the type wants it.")
