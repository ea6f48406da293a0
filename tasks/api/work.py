"""The annotator's API. The exchange is the hot path: no throttle, no serializer objects, no query too many."""

from typing import Any
from uuid import uuid4

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.markdown import to_html
from tasks.api import work_input, work_schema
from tasks.api.half_pairs import ExchangeJSON
from tasks.models import Assignment
from tasks.selectors import payload
from tasks.selectors import work as selectors
from tasks.selectors.answering import load
from tasks.selectors.eligibility import Annotator
from tasks.selectors.workload import annotator_of
from tasks.services import leasing
from tasks.services.answering import NoSuchAssignment, Sent, submit_answer
from tasks.services.commenting import add_comment
from tasks.services.drafts import save_draft
from tasks.services.entering import feedback
from tasks.services.exchanging import exchange, note_presence
from tasks.services.selecting import claim_task
from tasks.services.skipping import skip
from tasks.states import AssignmentState, TaskState

MOST_HISTORY = 100


def annotator(request: Any) -> Annotator:
    return annotator_of(request._request.membership, request.caller.mode)


class WorkView(APIView):
    """One's own work: by session only, for roles that label."""

    rights = {"GET": "label", "POST": "label", "PUT": "label"}
    throttle_classes = ()

    def mine(self, request: Request, assignment_id: int) -> Assignment:
        try:
            return selectors.my_assignment(annotator(request), assignment_id)
        except Assignment.DoesNotExist:
            raise Http404 from None


class Exchange(WorkView):
    parser_classes = (ExchangeJSON,)

    @extend_schema(operation_id="work_exchange", request=work_schema.ExchangeIn, responses=work_schema.ExchangeOut)
    def post(self, request: Any) -> Response:
        """Answers, skips and returns in; the next tasks out. Always 200: each entry has a status of its own."""
        asked = work_input.read_exchange(request.data)
        now = timezone.now()
        note_presence(membership=request._request.membership, now=now)
        return Response(exchange(asked=asked, who=annotator(request), now=now))


class History(WorkView):
    @extend_schema(
        operation_id="work_history",
        parameters=[OpenApiParameter("before", int), OpenApiParameter("limit", int)],
        responses=work_schema.HistoryOut,
    )
    def get(self, request: Any) -> Response:
        """One's own answers, newest first."""
        problems: list[Problem] = []
        query = {name: int(value) if value.isdecimal() else value for name, value in request.query_params.items()}
        work_input.unknown(query, ("before", "limit"), problems)
        before = work_input.number(query, "before", problems, least=1, default=None)
        limit = work_input.number(query, "limit", problems, least=1, most=MOST_HISTORY, default=selectors.HISTORY)
        if problems:
            raise InvalidInput(problems)
        rows = selectors.history(annotator(request), before=before, limit=limit or selectors.HISTORY)
        tasks = {task["assignment"]: task for task in payload.tasks_of([row["assignment_id"] for row in rows])}
        results = [
            tasks[row["assignment_id"]]
            | {
                "schema_version": row["schema_version"],
                "answer_id": row["pk"],
                "answer": row["value"],
                "answered_at": row["created_at"],
                "active_ms": row["active_ms"],
                "may_correct": row["may_correct"],
            }
            for row in rows
        ]
        more = rows[-1]["pk"] if len(rows) == limit else None
        return Response({"results": results, "projects": payload.projects_of(results), "before": more})


class Projects(WorkView):
    @extend_schema(operation_id="work_projects", responses=work_schema.ProjectsToWorkOnOut)
    def get(self, request: Any) -> Response:
        """The projects one may work on, most urgent first."""
        projects = selectors.project_list(annotator(request))
        return Response({"results": [p | {"guideline_html": to_html(p.pop("guideline"))} for p in projects]})


class ClaimTask(WorkView):
    @extend_schema(operation_id="tasks_claim", request=None, responses={201: work_schema.TurnOut})
    def post(self, request: Any, task_id: int) -> Response:
        """Lease this very task: in projects with self-selection only."""
        who = annotator(request)
        task = selectors.claimable_tasks(who, [task_id]).get(task_id)
        if task is None:
            raise Http404
        assignment_id, is_new = claim_task(task=task, who=who, now=timezone.now())
        return Response(turn(assignment_id, AssignmentState.LEASED), status=201 if is_new else 200)


class Turn(WorkView):
    @extend_schema(operation_id="assignments_retrieve", responses=work_schema.TurnOut)
    def get(self, request: Request, assignment_id: int) -> Response:
        """One of one's own assignments."""
        mine = self.mine(request, assignment_id)
        return Response(turn(mine.pk, mine.state))


class SubmitAnswer(WorkView):
    @extend_schema(
        operation_id="assignments_answer",
        request=work_schema.AnswerIn,
        responses={201: work_schema.AnswerResultOut, 200: work_schema.AnswerResultOut},
    )
    def post(self, request: Any, assignment_id: int) -> Response:
        """Answer, or correct an earlier answer. A repeat under the same id gets the first reply with status 200."""
        mine = self.mine(request, assignment_id)
        given = work_input.body_of(request.data)
        raw = {"id": str(uuid4()), "schema_version": mine.schema_version} | given | {"assignment": mine.pk}
        problems = [Problem("assignment", "unknown field", "unknown")] if "assignment" in given else []
        sent: Sent = work_input.read_answer(raw, problems)
        if problems:
            raise InvalidInput(problems)
        who = annotator(request)
        try:
            loaded = load(who, {mine.pk}, {sent.id})
            outcome = submit_answer(sent=sent, who=who, loaded=loaded, now=timezone.now())
        except NoSuchAssignment:
            raise Http404 from None
        reply: dict[str, Any] = {"id": sent.id, "assignment": mine.pk, "status": outcome.status}
        reply["answer_id"] = outcome.answer_id
        if mine.task.state == TaskState.PRACTICE:
            reply["feedback"] = feedback(answer_id=outcome.answer_id, now=timezone.now())
        return Response(reply, status=200 if outcome.status == "duplicate" else 201)


class Skip(WorkView):
    @extend_schema(operation_id="assignments_skip", request=work_schema.SkipIn, responses=work_schema.GivenBackOut)
    def post(self, request: Any, assignment_id: int) -> Response:
        """Not for me: with a reason, for good."""
        mine = self.mine(request, assignment_id)
        problems: list[Problem] = []
        given = work_input.body_of(request.data)
        entry = work_input.read_skip(given | {"assignment": mine.pk}, problems)
        if problems:
            raise InvalidInput(problems)
        skip(assignment=mine, reason=entry.reason, note=entry.note, now=timezone.now())
        return Response({"assignment": mine.pk, "status": "skipped"})


class AddComment(WorkView):
    @extend_schema(
        operation_id="assignments_comment",
        request=work_schema.CommentIn,
        responses={201: work_schema.CommentResultOut, 200: work_schema.CommentResultOut},
    )
    def post(self, request: Any, assignment_id: int) -> Response:
        """Tell the requester something about this task. A repeat under the same id gets status 200."""
        mine = self.mine(request, assignment_id)
        given = work_input.body_of(request.data)
        problems: list[Problem] = []
        entry = work_input.read_comment({"id": str(uuid4())} | given | {"assignment": mine.pk}, problems)
        if problems:
            raise InvalidInput(problems)
        _, is_new = add_comment(
            who=annotator(request),
            client_id=entry.id,
            assignment=mine,
            kind=entry.kind,
            text=entry.text,
            now=timezone.now(),
        )
        status = "stored" if is_new else "duplicate"
        reply = {"id": entry.id, "assignment": mine.pk, "status": status}
        return Response(reply, status=201 if is_new else 200)


class Return(WorkView):
    @extend_schema(operation_id="assignments_return", request=None, responses=work_schema.GivenBackOut)
    def post(self, request: Any, assignment_id: int) -> Response:
        """Not now: somebody else may have it, and so may you later."""
        mine = self.mine(request, assignment_id)
        leasing.return_lease(assignment=mine, now=timezone.now())
        return Response({"assignment": mine.pk, "status": "returned"})


class Heartbeat(WorkView):
    @extend_schema(operation_id="assignments_heartbeat", request=None, responses=work_schema.TurnOut)
    def post(self, request: Any, assignment_id: int) -> Response:
        """A sign of life: the lease starts anew. 409 when it has ended."""
        mine = self.mine(request, assignment_id)
        leasing.renew(assignment=mine, now=timezone.now())
        return Response(turn(mine.pk, mine.state))


class SaveDraft(WorkView):
    @extend_schema(operation_id="assignments_draft", request=work_schema.DraftIn, responses=work_schema.DraftOut)
    def put(self, request: Any, assignment_id: int) -> Response:
        """Keep unsent work; the higher `seq` wins. The reply tells which is kept."""
        mine = self.mine(request, assignment_id)
        seq, value = work_input.read_draft(request.data)
        return Response({"seq": save_draft(assignment=mine, seq=seq, value=value, now=timezone.now())})


def turn(assignment_id: int, state: str) -> dict[str, Any]:
    tasks = payload.tasks_of([assignment_id])
    (project,) = payload.projects_of(tasks).values()
    return {"state": state, "task": tasks[0], "project": project}
