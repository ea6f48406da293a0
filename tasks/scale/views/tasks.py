"""Tasks: create, get, list, change, cancel, audit."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem
from labeling.http.idempotency import idempotent
from tasks.models import Batch, Order, OrderProject
from tasks.scale import auditing, callbacks, lists, orders, shapes
from tasks.scale.http import ScaleView, flag, loaded, with_all
from tasks.scale.projects import hidden_project, kind_of


class CreateOrGetTask(ScaleView):
    """`POST task/{type}` makes one, `GET task/{id}` reads one: the two share an address."""

    def get(self, request: Request, what: str) -> Response:
        return Response(shapes.task(self.order(what)))

    @idempotent(any_key=True)
    def post(self, request: Request, what: str) -> Response:
        kind = kind_of(what)
        body = self.body
        project, batch = self.place(what, body)
        if project.type != what and not project.is_hidden:
            message = f"project {project.name!r} is for tasks of type {project.type}"
            raise InvalidInput(Problem("project", message, "type"))
        order = orders.create_order(
            organization=self.caller.organization,
            mode=self.caller.mode,
            kind=kind,
            project=project,
            batch=batch,
            body=body,
            now=timezone.now(),
        )
        return Response(shapes.task(loaded(Order.objects.filter(pk=order.pk))))

    def place(self, kind: str, body: dict[str, Any]) -> tuple[OrderProject, Batch | None]:
        """A batch tells the project; without either a task goes where those of its type go."""
        batch = self.batch(body["batch"]) if body.get("batch") else None
        if body.get("project"):
            project = self.project(body["project"])
        elif batch is not None:
            project = batch.ordered_in
        else:
            return hidden_project(organization=self.caller.organization, mode=self.caller.mode, type=kind), None
        if batch is not None and batch.project_id != project.pk:
            raise InvalidInput(
                Problem("batch", f"batch {batch.name!r} is not one of project {project.name!r}", "batch")
            )
        return project, batch


class Tasks(ScaleView):
    def get(self, request: Request) -> Response:
        query, orders = request.query_params, with_all(self.mine(Order))
        if lists.is_limited(query):
            rows, about = lists.page(orders, query)
            return Response({"docs": [shapes.limited(row) for row in rows], **about})
        if not lists.has_downloads(query):
            rows, about = lists.page(orders, query)
            return Response({"docs": [shapes.task(row) for row in rows], **about})
        rows, about = lists.page(orders.select_related("task__item"), query)
        docs = [shapes.task(row) | {"attachmentS3Downloads": shapes.downloads(row)} for row in rows]
        return Response({"docs": docs, **about})


class CancelTask(ScaleView):
    def post(self, request: Request, task_id: str) -> Response:
        clear = flag(request.query_params.get("clear_unique_id"))
        orders.cancel_order(order=self.order(task_id), now=timezone.now(), clear_unique_id=clear)
        return Response(shapes.task(self.order(task_id)))


class AuditTask(ScaleView):
    def post(self, request: Request, task_id: str) -> Response:
        body = self.body
        auditing.audit(
            order=self.order(task_id),
            accepted=body.get("accepted"),
            comments=body.get("comments"),
            response=body.get("response"),
            by=self.caller.name,
            now=timezone.now(),
        )
        return Response(shapes.task(self.order(task_id)))


class SendCallback(ScaleView):
    def post(self, request: Request, task_id: str) -> Response:
        callbacks.send_again(order=self.order(task_id), now=timezone.now())
        return Response({"success": True})


class UniqueId(ScaleView):
    def post(self, request: Request, task_id: str) -> Response:
        orders.set_unique_id(order=self.order(task_id), unique_id=self.body.get("unique_id"), now=timezone.now())
        return Response(shapes.task(self.order(task_id)))

    def delete(self, request: Request, task_id: str) -> Response:
        orders.clear_unique_id(order=self.order(task_id), now=timezone.now())
        return Response(shapes.task(self.order(task_id)))


class Metadata(ScaleView):
    def post(self, request: Request, task_id: str) -> Response:
        orders.set_metadata(order=self.order(task_id), metadata=self.body, now=timezone.now())
        return Response(shapes.task(self.order(task_id)))


class Tags(ScaleView):
    """The body is a list; an empty one arrives as no body at all."""

    def post(self, request: Request, task_id: str) -> Response:
        return self.changed(task_id, lambda old, given: given)

    def put(self, request: Request, task_id: str) -> Response:
        return self.changed(task_id, lambda old, given: [*old, *given])

    def delete(self, request: Request, task_id: str) -> Response:
        return self.changed(task_id, lambda old, given: [tag for tag in old if tag not in given])

    def changed(self, task_id: str, change: Any) -> Response:
        given = orders.read_tags(self.request.data or [])
        orders.change_tags(order=self.order(task_id), change=lambda old: change(old, given), now=timezone.now())
        return Response(shapes.task(self.order(task_id)))
