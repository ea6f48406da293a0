"""/v2/: projects, batches and chat tasks with their threads."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.pseudonym import annotator_pseudonym
from tasks.models import Answer, Batch, Order, OrderProject
from tasks.scale import batches, lists, orders, shapes
from tasks.scale.http import ScaleView, moment, number, one_of, only_known, with_all
from tasks.scale.kinds import Chat
from tasks.scale.projects import Unknown, adopt, kind_in
from tasks.scale.views.batches import callback_in
from tasks.states import BatchState, OrderState

MOST = 100
TIMES = {
    "completed_after": "completed_at__gte",
    "completed_before": "completed_at__lte",
    "created_after": "created_at__gte",
    "created_before": "created_at__lte",
    "start_time": "created_at__gte",
    "end_time": "created_at__lte",
}
PROJECT_FILTERS = ("created_after", "created_before")
PAGED = ("project_id", "project_name", "status", "limit", "next_token", "expand")
BATCH_FILTERS, TASK_FILTERS = (*TIMES, *PAGED), (*TIMES, *PAGED, "batch_id", "batch_name", "opts")
OPTS = ("annotation_details", "attachment_details", "model_parameters", "submissions")


class V2View(ScaleView):
    def named(self, model: Any, given: Any, what: str) -> Any:
        """The object that `<what>_id` or `<what>_name` names."""
        public_id, name = given.get(f"{what}_id"), given.get(f"{what}_name")
        if not public_id and not name:
            raise InvalidInput(Problem(f"{what}_id", f"{what}_id or {what}_name is required", "required"))
        if what == "project":
            adopt(organization_id=self.caller.organization.pk, mode=self.caller.mode, name=name)
        wanted = Q(public_id=public_id) if public_id else Q(name=name)
        rows = self.mine(model).filter(wanted)
        if what == "project":
            rows = rows.filter(is_hidden=False).select_related("project")
        if what == "batch":
            rows = rows.filter(project__isnull=False).select_related("project__project")
        found = rows.first()
        if found is None and what == "project" and name:
            raise self.no_project(name)
        if found is None:
            raise Unknown(f"there is no {what} {public_id or name!r}")
        return found

    def expands(self, what: str) -> bool:
        asked = [word for each in self.request.query_params.getlist("expand") for word in each.split(",")]
        return what in asked


class Projects(V2View):
    def get(self, request: Request) -> Response:
        query = request.query_params
        only_known(query, PROJECT_FILTERS)
        adopt(organization_id=self.caller.organization.pk, mode=self.caller.mode)
        rows = between(self.mine(OrderProject).filter(is_hidden=False), query).order_by("pk")
        return Response({"projects": [project(row) for row in rows]})


class OneProject(V2View):
    def get(self, request: Request) -> Response:
        return Response(project(self.named(OrderProject, request.query_params, "project")))


class Batches(V2View):
    def get(self, request: Request) -> Response:
        query = request.query_params
        only_known(query, BATCH_FILTERS)
        rows = self.mine(Batch).filter(project__isnull=False).select_related("project")
        if query.get("project_id") or query.get("project_name"):
            rows = rows.filter(project=self.named(OrderProject, query, "project"))
        rows = between(rows, query)
        if status := query.get("status"):
            one_of(status, "status", (*BatchState, "cancelled"))
            rows = rows.filter(state=BatchState.CANCELED if status == "cancelled" else status)
        page, token = self.page(rows, query)
        return Response({"batches": [batch(row, self.expands("project")) for row in page], **token})

    def page(self, rows: Any, query: Any) -> tuple[list[Any], dict[str, str]]:
        """Newest first; a token only when more follows."""
        limit = number(query.get("limit"), "limit", usual=MOST, least=1, most=MOST)
        if token := query.get("next_token"):
            created_at, pk = lists.read_token(token)
            rows = rows.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=pk))
        found = list(rows.order_by("-created_at", "-pk")[: limit + 1])
        more, found = len(found) > limit, found[:limit]
        return found, {"next_token": lists.token_after(found[-1])} if more else {}


class OneBatch(V2View):
    def get(self, request: Request) -> Response:
        return Response(batch(self.named(Batch, request.query_params, "batch"), self.expands("project")))

    def post(self, request: Request) -> Response:
        body = self.body
        made = batches.create_batch(
            project=self.named(OrderProject, body, "project"),
            name=body.get("name"),
            callback=callback_in(body),
            metadata=orders.read_metadata(body.get("metadata")),
            staged=True if body.get("staging_batch") is True else None,
        )
        return Response(batch(made, False))


class MoveBatch(V2View):
    """`MoveBatch.as_view(to="pause")`."""

    to = ""

    def post(self, request: Request) -> Response:
        row = self.named(Batch, self.body, "batch")
        try:
            moved = self.moved(row)
        except StaleState as error:
            raise InvalidInput(Problem("batch_id", str(error), "state")) from None
        shown = batch(moved, False)
        return Response(shown if self.to == "finalize" else {"batch": shown, "message": f"{self.to}: done"})

    def moved(self, row: Batch) -> Batch:
        now = timezone.now()
        if self.to == "finalize":
            if row.state != BatchState.STAGING:
                raise StaleState(f"the batch is {row.state}: only one in staging is finalized")
            return batches.finalize(batch=row, now=now)
        if self.to == "cancel":
            return orders.cancel_batch(batch=row, now=now)
        return (batches.pause if self.to == "pause" else batches.resume)(batch=row, now=now)


class BatchMetadata(V2View):
    def post(self, request: Request) -> Response:
        row, body = self.named(Batch, self.body, "batch"), self.body
        metadata = merged(row.metadata, body.get("metadata"), body.get("merge") is True)
        return Response(batch(batches.set_metadata(batch=row, metadata=metadata), False))


class Tasks(Batches):
    def get(self, request: Request) -> Response:
        query = request.query_params
        only_known(query, TASK_FILTERS)
        rows = with_all(self.mine(Order))
        if query.get("project_id") or query.get("project_name"):
            rows = rows.filter(project=self.named(OrderProject, query, "project"))
        if query.get("batch_id") or query.get("batch_name"):
            rows = rows.filter(batch=self.named(Batch, query, "batch"))
        if status := query.get("status"):
            rows = rows.filter(state=one_of(status, "status", (*OrderState, "deleted")))
        page, token = self.page(between(rows, query), query)
        return Response({"tasks": self.shown_all(page), **token})

    def shown(self, row: Order) -> dict[str, Any]:
        return self.shown_all([row])[0]

    def shown_all(self, rows: Sequence[Order]) -> list[dict[str, Any]]:
        given = submissions(rows) if "submissions" in self.opts() else {}
        shown = []
        for row in rows:
            one = task(row, expand_project=self.expands("project"), expand_batch=self.expands("batch"))
            if row.task_id in given:
                one["threads"] = [thread | {"submissions": given[row.task_id]} for thread in one["threads"]]
            shown.append(one)
        return shown

    def opts(self) -> set[str]:
        """What shall be told besides. Details of annotations always are; files and model parameters we have none."""
        asked = {word for each in self.request.query_params.getlist("opts") for word in each.split(",") if word}
        if unknown := asked.difference(OPTS):
            message = f"opts must be some of {', '.join(OPTS)}, not {sorted(unknown)[0]!r}"
            raise InvalidInput(Problem("opts", message, "choice"))
        return asked


class OneTask(Tasks):
    def get(self, request: Request) -> Response:
        return Response(self.shown(self.order(request.query_params.get("task_id") or "")))


class CreateChatTask(Tasks):
    def get(self, request: Request) -> Response:
        raise Unknown("chat tasks are read as task?task_id=…")

    def post(self, request: Request) -> Response:
        body = self.body
        row = None
        if body.get("batch_id") or body.get("batch_name"):
            row = self.named(Batch, body, "batch")
        ordered = row.project if row and not (body.get("project_id") or body.get("project_name")) else None
        ordered = ordered or self.named(OrderProject, body, "project")
        if row is not None and row.project_id != ordered.pk:
            raise InvalidInput(Problem("batch_id", "the batch is not one of this project", "batch"))
        kept = ("template_variables", "metadata", "callback_url", "unique_id")
        order = orders.create_order(
            organization=self.caller.organization,
            mode=self.caller.mode,
            kind=kind_in(ordered, Chat.name),
            project=ordered,
            batch=row,
            body={name: body[name] for name in kept if name in body},
            now=timezone.now(),
        )
        return Response(self.shown(self.order(order.public_id)))


class TaskMetadata(Tasks):
    def get(self, request: Request) -> Response:
        raise Unknown("metadata is read with its task")

    def post(self, request: Request) -> Response:
        body = self.body
        order = self.order(str(body.get("task_id") or ""))
        metadata = merged(order.metadata, body.get("metadata"), body.get("merge") is True)
        orders.set_metadata(order=order, metadata=metadata, now=timezone.now())
        return Response(self.shown(order))


class Annotation(V2View):
    """Its id begins with its task's."""

    def get(self, request: Request) -> Response:
        wanted = request.query_params.get("annotation_id") or ""
        order = self.mine(Order).filter(public_id=wanted.partition("-")[0], state=OrderState.COMPLETED).first()
        found = next((note for note in notes_in(order.response if order else None) if note["id"] == wanted), None)
        if found is None:
            raise Unknown(f"there is no annotation {wanted!r}")
        return Response(found)


def notes_in(told: Any) -> Iterator[dict[str, Any]]:
    """Every annotation of a response: of its threads, turns and messages."""
    if isinstance(told, list):
        for each in told:
            yield from notes_in(each)
    elif isinstance(told, dict):
        yield from told.get("annotations") or []
        for name in ("threads", "turns", "messages"):
            yield from notes_in(told.get(name))


def submissions(rows: Sequence[Order]) -> dict[int, list[dict[str, Any]]]:
    """By task: when people answered, each under a name that tells nothing else."""
    organizations = {row.task_id: row.organization_id for row in rows if row.task_id is not None}
    found: dict[int, list[dict[str, Any]]] = {}
    answers = Answer.objects.filter(task__in=organizations, is_live=True).order_by("pk")
    for task_id, at, who in answers.values_list("task_id", "created_at", "annotator"):
        name = annotator_pseudonym(organization_id=organizations[task_id], user_id=who)
        found.setdefault(task_id, []).append({"submitted_at": shapes.time(at), "contributor_id": name})
    return found


def between(rows: Any, query: Any) -> Any:
    for name, column in TIMES.items():
        if query.get(name):
            rows = rows.filter(**{column: moment(query[name], name)})
    return rows


def merged(old: dict[str, Any], new: Any, merge: bool) -> dict[str, Any]:
    """The new metadata; with `merge` into what there is, object by object."""
    if not isinstance(new, dict):
        raise InvalidInput(Problem("metadata", "metadata must be an object", "type"))
    return orders.read_metadata(_deep(old, new) if merge else new)


def _deep(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    found = dict(old)
    for name, value in new.items():
        both = isinstance(value, dict) and isinstance(found.get(name), dict)
        found[name] = _deep(found[name], value) if both else value
    return found


def project(row: OrderProject) -> dict[str, Any]:
    return {"id": row.public_id, "name": row.name, "created_at": shapes.time(row.created_at), "types": [row.type]}


def batch(row: Batch, expand: bool) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "project": project(row.ordered_in) if expand else row.ordered_in.public_id,
        "created_at": shapes.time(row.created_at),
        "status": "cancelled" if row.state == BatchState.CANCELED else row.state,
        "metadata": row.metadata,
        **({"completed_at": shapes.time(row.completed_at)} if row.completed_at else {}),
        **({"callback": row.callback} if row.callback else {}),
    }


def task(row: Order, *, expand_project: bool, expand_batch: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "task_id": row.public_id,
        "project": project(row.project) if expand_project else row.project.public_id,
        "status": row.state,
        "created_at": shapes.time(row.created_at),
        "metadata": row.metadata,
        "threads": (row.response or {}).get("threads", []) if row.state == OrderState.COMPLETED else [],
    }
    if row.batch is not None:
        shown["batch"] = batch(row.batch, False) if expand_batch else row.batch.public_id
    if row.completed_at is not None:
        shown["completed_at"] = shapes.time(row.completed_at)
    if row.state == OrderState.ERROR:
        shown["errors"] = [{"message": str((row.response or {}).get("error", ""))}]
    return shown
