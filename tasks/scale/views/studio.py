"""Studio: assignments, groups of labelers, and batches in their order."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem
from tasks.models import Batch, OrderProject
from tasks.scale import shapes, studio
from tasks.scale.batches import counts_of
from tasks.scale.http import ScaleView
from tasks.scale.projects import Unknown
from tasks.scale.views.teams import live_only, members_of, read_emails
from tasks.selectors.batches import in_order
from workers.models import Group
from workers.selectors import access
from workers.selectors.membership import LABELS

MOST = 1000


class Assignments(ScaleView):
    def get(self, request: Request) -> Response:
        return Response(self.shown())

    def shown(self) -> dict[str, list[str]]:
        labelers = access.members(self.caller.organization).filter(is_active=True, role__in=LABELS)
        found: dict[str, list[str]] = {membership.user.email: [] for membership in labelers.order_by("pk")}
        for project in self.mine(OrderProject).prefetch_related("members").order_by("pk"):
            for user in project.members.all():
                found.setdefault(user.email, []).append(project.name)
        return found


class ChangeAssignments(Assignments):
    """`ChangeAssignments.as_view(add=True)`."""

    add = True

    def get(self, request: Request) -> Response:
        raise Unknown("assignments are read as studio/assignments")

    def post(self, request: Request) -> Response:
        live_only(self)
        body, names = self.body, self.body.get("projects")
        if not isinstance(names, list):
            raise InvalidInput(Problem("projects", "projects must be a list of names", "type"))
        projects, members = [self.project(name) for name in names], members_of(self, read_emails(body))
        studio.assign(projects=projects, members=members, now=timezone.now(), add=self.add)
        return Response(self.shown())


class ProjectGroups(ScaleView):
    def get(self, request: Request, name: str) -> Response:
        return Response([group(row) for row in self.project(name).groups.prefetch_related("users").order_by("pk")])

    def post(self, request: Request, name: str) -> Response:
        live_only(self)
        project, members = self.project(name), members_of(self, read_emails(self.body))
        return Response(
            group(studio.create_group(project=project, name=self.body.get("name"), members=members, now=timezone.now()))
        )


class ProjectGroup(ScaleView):
    def put(self, request: Request, name: str, group_name: str) -> Response:
        live_only(self)
        row = self.project(name).groups.filter(name=group_name).first()
        if row is None:
            raise Unknown(f"the project has no group {group_name!r}")
        add, remove = (
            members_of(self, read_emails(self.body, which)) if self.body.get(which) else []
            for which in ("add_emails", "remove_emails")
        )
        return Response(group(studio.change_group(group=row, add=add, remove=remove)))


class StudioBatches(ScaleView):
    def get(self, request: Request) -> Response:
        return Response(self.shown())

    def shown(self) -> list[dict[str, Any]]:
        rows = in_order(self.mine(Batch))[:MOST]
        return [shapes.studio_batch(row, counts_of(row), place) for place, row in enumerate(rows, 1)]


class SetPriorities(StudioBatches):
    def get(self, request: Request) -> Response:
        raise Unknown("batches are read as studio/batches")

    def post(self, request: Request) -> Response:
        listed = self.body.get("batches")
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed) or len(listed) > MOST:
            raise InvalidInput(Problem("batches", "batches must be a list of objects with a name", "type"))
        studio.set_order(batches=[self.batch(each.get("name"), ordered=False) for each in listed], now=timezone.now())
        return Response(self.shown())


class ResetPriorities(SetPriorities):
    def post(self, request: Request) -> Response:
        studio.reset_order(batches=self.mine(Batch), now=timezone.now())
        return Response(self.shown())


class StudioBatch(ScaleView):
    def put(self, request: Request, name: str) -> Response:
        """Give a batch to groups of its project: nobody else is asked its tasks."""
        row = studio.give_to_groups(batch=self.batch(name), names=self.body.get("groups"))
        return Response(shapes.studio_batch(row, counts_of(row), row.place))


def group(row: Group) -> dict[str, Any]:
    workers = [{"id": str(user.pk), "email": user.email} for user in row.users.all()]
    return {
        "id": str(row.pk),
        "name": row.name,
        "numWorkers": len(workers),
        "isSingleton": len(workers) == 1,
        "workers": workers,
    }
