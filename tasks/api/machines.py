"""Machines: register a model, send what it says."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from labeling.problem_words import in_words
from tasks.api.filters import Pages, filters_of
from tasks.api.projects import my_project
from tasks.models import Machine, Project, Task
from tasks.models.machines import MachineKind, Purpose
from tasks.selectors import machines as selectors
from tasks.selectors.suggestions import is_column
from tasks.services import machines as services
from tasks.services.machine_answers import Said, store_answers
from workers.services.keys import ANSWER

MOST = 500  # answers in one call


class MachineOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.CharField()
    kind = serializers.ChoiceField(MachineKind.choices)
    notes = serializers.CharField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)
    key = serializers.CharField(allow_null=True, help_text="How its own key begins; null when it has none.")

    def to_representation(self, machine: Machine) -> dict[str, Any]:
        plain = ("name", "version", "kind", "notes", "created_at", "archived_at")
        who = machine.created_by
        return (
            {"id": machine.pk}
            | {name: getattr(machine, name) for name in plain}
            | {
                "created_by": who and str(who),
                "key": machine.key_shown or None,
            }
        )


def my_machine(request: Any, machine_id: int) -> Machine:
    """For a machine's own key every other one is missing."""
    caller = request.caller
    machine = selectors.machine_of(organization_id=caller.organization.pk, mode=caller.mode, machine_id=machine_id)
    if caller.key and ANSWER in caller.key.scopes and machine.key_id != caller.key.pk:
        raise Http404
    return machine


class Machines(APIView):
    class Input(Strict):
        name = serializers.CharField(max_length=80)
        version = serializers.CharField(max_length=38, help_text="Another version is another annotator.")
        kind = serializers.ChoiceField(MachineKind.choices)
        notes = serializers.CharField(required=False, allow_blank=True, max_length=5000, default="")

    @extend_schema(operation_id="machines_list", parameters=[Pages], responses=MachineOut(many=True))
    def get(self, request: Any) -> Response:
        """Models that may answer, newest first, the archived ones too."""
        filters_of(request, Pages)
        mine = selectors.machines_of(organization_id=request.caller.organization.pk, mode=request.caller.mode)
        pages = CursorPages()
        page = pages.paginate_queryset(mine.select_related("created_by", "key"), request, view=self)
        return pages.get_paginated_response(MachineOut(page, many=True).data)

    @extend_schema(operation_id="machines_create", request=Input, responses={201: MachineOut})
    @idempotent
    def post(self, request: Any) -> Response:
        """Register one version of a model as an annotator. It never signs in."""
        caller = request.caller
        data = cleaned(self.Input, request.data)
        machine = services.register_machine(
            organization=caller.organization, mode=caller.mode, actor=caller.user, now=timezone.now(), **data
        )
        return Response(MachineOut(machine).data, status=201, headers={"Location": f"/api/v1/machines/{machine.pk}"})


class OneMachine(APIView):
    class Input(Strict):
        notes = serializers.CharField(allow_blank=True, max_length=5000)

    @extend_schema(operation_id="machines_get", responses=MachineOut)
    def get(self, request: Any, machine_id: int) -> Response:
        return Response(MachineOut(my_machine(request, machine_id)).data)

    @extend_schema(operation_id="machines_change", request=Input, responses=MachineOut)
    def patch(self, request: Any, machine_id: int) -> Response:
        """Change the notes. Name, version and kind stay: another version is another machine."""
        machine = my_machine(request, machine_id)
        data = cleaned(self.Input, request.data)
        services.change_machine(machine=machine, actor=request.caller.user, **data)
        return Response(MachineOut(machine).data)


class ArchiveMachine(APIView):
    @extend_schema(operation_id="machines_archive", request=None, responses=MachineOut)
    def post(self, request: Any, machine_id: int) -> Response:
        """Take no answers of it any more. Those it gave stay."""
        machine = my_machine(request, machine_id)
        cleaned(Nothing, request.data)
        services.archive_machine(machine=machine, actor=request.caller.user, now=timezone.now())
        return Response(MachineOut(machine).data)


class MachineKey(APIView):
    class Output(serializers.Serializer):
        secret = serializers.CharField(help_text="Shown only now.")

    @extend_schema(operation_id="machines_key", request=None, responses={201: Output})
    @idempotent(shown_once=("secret",))
    def post(self, request: Any, machine_id: int) -> Response:
        """A new key of its own, in place of the one it had: it sends this machine's answers, and nothing else."""
        machine = my_machine(request, machine_id)
        cleaned(Nothing, request.data)
        secret = services.give_key(machine=machine, actor=request.caller.user, now=timezone.now())
        return Response({"secret": secret}, status=201)


class SaidInput(Strict):
    id = serializers.UUIDField(
        required=False, help_text="Made by the sender: a repeat is the same answer. Without one, machine and task."
    )
    task = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    item = serializers.CharField(required=False, max_length=200, help_text="The item's key, in place of the task.")
    answer = serializers.JSONField()
    confidence = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1)
    schema_version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="The project's current one when left out."
    )


class SaidProblem(serializers.Serializer):
    path = serializers.CharField()
    message = serializers.CharField()
    code = serializers.CharField()


class SaidOut(serializers.Serializer):
    status = serializers.ChoiceField(["stored", "duplicate", "invalid", "refused"])
    task = serializers.IntegerField(allow_null=True)
    problems = SaidProblem(many=True, help_text="What is wrong, each with its path.")


class SaidAllOut(serializers.Serializer):
    results = SaidOut(many=True, help_text="In the order of the answers.")


class AskedOut(serializers.Serializer):
    task = serializers.IntegerField()
    item = serializers.CharField(help_text="The key of the item.")
    data = serializers.DictField()  # type: ignore[assignment]  # a field, as DRF means it
    schema_version = serializers.IntegerField()


class AskedOfMachine(APIView):
    rights = {"GET": "answer"}

    @extend_schema(operation_id="machines_tasks", parameters=[Pages], responses=AskedOut(many=True))
    def get(self, request: Any, project_id: int, machine_id: int) -> Response:
        """Open tasks of which this machine has said nothing yet, the newest first. What is known of some isn't told."""
        filters_of(request, Pages)
        project, machine = my_project(request, project_id), my_machine(request, machine_id)
        pages = CursorPages()
        page = pages.paginate_queryset(selectors.asked_of(project, machine), request, view=self)
        return pages.get_paginated_response([_asked(task, project) for task in page or []])


class MachineAnswers(APIView):
    rights = {"POST": "answer"}

    class Input(Strict):
        answers = serializers.ListField(child=serializers.JSONField(), min_length=1, max_length=MOST)

        def get_fields(self) -> dict[str, Any]:
            purpose = serializers.ChoiceField(Purpose.choices, help_text="What becomes of the answers.")
            return {"as": purpose, **super().get_fields()}  # a word that Python keeps for itself

    @extend_schema(operation_id="machines_answer", request=Input, responses=SaidAllOut)
    def post(self, request: Any, project_id: int, machine_id: int) -> Response:
        """Send answers as suggestions, which people start from, or as votes, which count in the consensus.

        Always 200, with a status for each; a repeat is a duplicate of the first.
        """
        project, machine = my_project(request, project_id), my_machine(request, machine_id)
        data = cleaned(self.Input, request.data)
        read = [SaidInput(data=each) for each in data["answers"]]
        sound = [Said(**each.validated_data) for each in read if each.is_valid()]
        stored = iter(
            store_answers(project=project, machine=machine, purpose=data["as"], said=sound, now=timezone.now())
        )
        results = [_row(next(stored)) if not each.errors else _malformed(each) for each in read]
        return Response({"results": results})


def _asked(task: Task, project: Project) -> dict[str, Any]:
    """The item as people are shown it, without what somebody else says it is."""
    hidden = {project.gold_field} | ({project.suggestion_field} if is_column(task.suggestion) else set())
    return {
        "task": task.pk,
        "item": task.item.key,
        "data": {name: value for name, value in task.item.data.items() if name not in hidden},
        "schema_version": task.own_version or project.version,
    }


def _row(result: Any) -> dict[str, Any]:
    problems = [{"path": p.path, "message": in_words(p.message), "code": p.code} for p in result.problems]
    return {"status": result.status, "task": result.task, "problems": problems}


def _malformed(entry: SaidInput) -> dict[str, Any]:
    problems = [
        {"path": "" if name == "non_field_errors" else name, "message": str(one), "code": one.code}
        for name, errors in entry.errors.items()
        for one in errors
    ]
    return {"status": "invalid", "task": None, "problems": problems}
