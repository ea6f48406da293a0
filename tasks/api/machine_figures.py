"""What a project's machines are worth, and what they may do there."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.http.serializers import Nothing, Strict, cleaned
from labeling.quality.reliance import Difference, Share
from tasks.api.machines import MachineOut
from tasks.api.projects import my_project
from tasks.models import Machine, MachinePolicy, Project
from tasks.selectors import machine_figures as figures
from tasks.selectors import machines as selectors
from tasks.services.machine_accepting import preview, reopen_accepted
from tasks.services.machine_policies import change_machine_policy

FIELDS = ("control_share", "target_error", "level", "least_checked", "stopped_at")


class ShareOut(serializers.Serializer):
    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(help_text="Of the 95 % interval.")
    high = serializers.FloatField()
    hits = serializers.IntegerField()
    total = serializers.IntegerField()


class DifferenceOut(serializers.Serializer):
    mean = serializers.FloatField()
    low = serializers.FloatField(help_text="Of the 95 % interval.")
    high = serializers.FloatField()


class ArmOut(serializers.Serializer):
    agree = ShareOut(help_text="Answers that say what the machine says.")
    right = ShareOut(help_text="Answers that say what a reviewer settled.")
    seconds = serializers.FloatField(allow_null=True, help_text="For an answer, in the median.")


class RelianceOut(serializers.Serializer):
    shown = ArmOut()
    hidden = ArmOut()
    agree = DifferenceOut(allow_null=True, help_text="Shown minus hidden.")
    right = DifferenceOut(allow_null=True)
    saved = serializers.FloatField(allow_null=True, help_text="Seconds an answer is quicker with the suggestion.")


class LabelShareOut(ShareOut):
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as DRF means it


class MachineFiguresOut(serializers.Serializer):
    machine = MachineOut()
    suggestions = serializers.IntegerField()
    votes = serializers.IntegerField()
    rejected = serializers.IntegerField(help_text="Votes that reviewers rejected.")
    right = ShareOut(help_text="On tasks that people settled without seeing what the machine said.")
    labels = LabelShareOut(many=True)
    reliance = RelianceOut()


class ProjectMachines(APIView):
    @extend_schema(operation_id="projects_machines", responses=MachineFiguresOut(many=True))
    def get(self, request: Any, project_id: int) -> Response:
        """Machines that answered here: how good each is, and what its suggestions do to people."""
        project = my_project(request, project_id)
        return Response([_figures(project, machine) for machine in selectors.machines_in(project)])


def _figures(project: Project, machine: Machine) -> dict[str, Any]:
    said = selectors.said_by(project, machine)
    judged = figures.judged_answers(project, machine)
    found = figures.reliance(project, machine)
    arms = {
        name: {"agree": _share(arm.agree), "right": _share(arm.right), "seconds": arm.seconds}
        for name, arm in (("shown", found.shown), ("hidden", found.hidden))
    }
    return {
        "machine": MachineOut(machine).data,
        "suggestions": said["suggestion"],
        "votes": said["vote"],
        "rejected": said["rejected"],
        "right": _share(figures.skill_of(judged)),
        "labels": [{"label": label, **_share(share)} for label, share in figures.by_label(project, judged)],
        "reliance": arms | {"agree": _apart(found.agree), "right": _apart(found.right), "saved": found.saved},
    }


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"share": share.share, "low": low, "high": high, "hits": share.hits, "total": share.total}


def _apart(found: Difference | None) -> dict[str, float] | None:
    return asdict(found) if found else None


class TestedOut(serializers.Serializer):
    threshold = serializers.FloatField()
    checked = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]  # a field, as DRF means it
    bound = serializers.FloatField(help_text="The upper bound of the share of errors.")


class PreviewOut(serializers.Serializer):
    checked = serializers.IntegerField()
    needed = serializers.IntegerField(help_text="Answers checked by people before anything can be settled.")
    found = TestedOut(allow_null=True)
    accepted = serializers.IntegerField(help_text="Open tasks that would be settled at once.")
    to_people = serializers.IntegerField(help_text="Open tasks it spoke of that people would still answer.")


class AcceptanceOut(serializers.Serializer):
    machine = serializers.IntegerField()
    threshold = serializers.FloatField()
    evidence = serializers.JSONField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class MachinePolicyOut(serializers.Serializer):
    accepts = serializers.IntegerField(allow_null=True, help_text="The machine that may settle tasks alone.")
    control_share = serializers.FloatField()
    target_error = serializers.FloatField()
    level = serializers.FloatField()
    least_checked = serializers.IntegerField()
    stopped_at = serializers.DateTimeField(allow_null=True, help_text="When it stopped by itself.")
    settled = serializers.IntegerField(help_text="Tasks that stand as a machine settled them.")
    acceptance = AcceptanceOut(allow_null=True, help_text="The last one that was found.")


def policy_row(project: Project) -> dict[str, Any]:
    policy, last = selectors.machine_policy_of(project), selectors.acceptance_of(project)
    names = ("threshold", "evidence", "started_at", "ended_at")
    return {name: getattr(policy, name) for name in FIELDS} | {
        "accepts": policy.accepts_id,
        "settled": selectors.accepted_of(project).count(),
        "acceptance": last and {name: getattr(last, name) for name in names} | {"machine": last.machine_id},
    }


class ProjectMachinePolicy(APIView):
    class Input(Strict):
        accepts = serializers.IntegerField(required=False, allow_null=True, help_text="A machine, or null for none.")
        control_share = serializers.FloatField(required=False)
        target_error = serializers.FloatField(required=False)
        level = serializers.FloatField(required=False)
        least_checked = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    @extend_schema(operation_id="projects_machine_policy", responses=MachinePolicyOut)
    def get(self, request: Any, project_id: int) -> Response:
        """How the project works with machines."""
        return Response(policy_row(my_project(request, project_id)))

    @extend_schema(operation_id="projects_machine_policy_change", request=Input, responses=MachinePolicyOut)
    def patch(self, request: Any, project_id: int) -> Response:
        """Change what is given. `accepts` lets a machine settle tasks alone, once and as long as it passes the test."""
        project = my_project(request, project_id)
        data = cleaned(self.Input, request.data)
        if not data:
            raise InvalidInput(Problem("", "nothing to change was given", "required"))
        if data.get("accepts") is not None:
            data["accepts"] = _machine(project, data["accepts"], "accepts")
        change_machine_policy(project=project, actor=request.caller.user, now=timezone.now(), **data)
        return Response(policy_row(project))


def _machine(project: Project, machine_id: int, field: str) -> Machine:
    mine = selectors.machines_of(organization_id=project.organization_id, mode=project.mode)
    machine = mine.filter(pk=machine_id, archived_at=None).first()
    if machine is None:
        raise InvalidInput(Problem(field, f"there is no machine {machine_id}", "missing"))
    return machine


class PreviewMachine(APIView):
    rights = {"POST": "see"}

    class Input(Strict):
        machine = serializers.IntegerField()

    @extend_schema(operation_id="projects_machine_policy_preview", request=Input, responses=PreviewOut)
    def post(self, request: Any, project_id: int) -> Response:
        """What letting this machine settle tasks alone would do now. Nothing is changed."""
        project = my_project(request, project_id)
        policy: MachinePolicy = selectors.machine_policy_of(project)
        policy.accepts = _machine(project, cleaned(self.Input, request.data)["machine"], "machine")
        return Response(asdict(preview(policy)))


class ReopenSettled(APIView):
    @extend_schema(
        operation_id="projects_machine_policy_reopen",
        request=None,
        responses={"200": {"type": "object", "properties": {"tasks": {"type": "integer"}}}},
    )
    def post(self, request: Any, project_id: int) -> Response:
        """Ask people every task that a machine settled, and let none settle more."""
        project = my_project(request, project_id)
        cleaned(Nothing, request.data)
        return Response({"tasks": reopen_accepted(project=project, actor=request.caller.user, now=timezone.now())})
