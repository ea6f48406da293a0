"""The reviewer's API: by session only, for one's own reviews."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.api.work_schema import WorkItemOut, WorkProjectOut
from tasks.models.review import Stage, Verdict
from tasks.selectors import reviews as selectors
from tasks.selectors.review_payload import reviews_as_sent
from tasks.selectors.reviews import SOURCES, Reviewer
from tasks.selectors.set_aside import BYS
from tasks.services import reviewing
from tasks.services.rejecting import LONGEST_CLAUSE, LONGEST_NOTE, Rejected
from tasks.services.reviewing import Decision
from tasks.states import REJECTION_REASONS

MOST_TAKEN = 10


def reviewer(request: Any) -> Reviewer:
    caller = request.caller
    return Reviewer(caller.user.pk, caller.organization.pk, caller.role, caller.mode)


class ConsensusShown(serializers.Serializer):
    value = serializers.DictField()
    confidence = serializers.FloatField()
    method = serializers.CharField()
    agreement = serializers.FloatField(allow_null=True)
    posterior = serializers.DictField(help_text="By part of the answer: class to probability.")
    texts = serializers.DictField(help_text="What is written text in it, by column.")
    words = serializers.CharField()


class SetAsideShown(serializers.Serializer):
    by = serializers.ChoiceField(
        BYS,
        help_text="All answers of this person, or of this machine, are left out of the project; or it answers no"
        " question of now.",
    )
    reason = serializers.CharField(
        allow_blank=True, help_text="Of the restriction that did it, by its code. For managers only."
    )


class AnswerShown(serializers.Serializer):
    id = serializers.IntegerField()
    who = serializers.CharField(help_text="A name for managers, a pseudonym for reviewers.")
    value = serializers.DictField()
    apart = serializers.FloatField(allow_null=True, help_text="How far it is from the consensus, from 0 to 1.")
    texts = serializers.DictField()
    words = serializers.CharField()
    weight = serializers.FloatField(allow_null=True, help_text="Share of this person's votes that were right.")
    seconds = serializers.FloatField(allow_null=True)
    answered_at = serializers.DateTimeField()
    is_older = serializers.BooleanField(help_text="Given under a label schema that differs from the one of now.")
    set_aside = SetAsideShown(allow_null=True, help_text="Why it counts for nothing; null where it counts.")
    may_reject = serializers.BooleanField()
    is_machine = serializers.BooleanField(help_text="A machine's vote: rejected, it is nobody's to fix.")


class SaidShown(serializers.Serializer):
    who = serializers.CharField()
    text = serializers.CharField()


class ReviewShown(serializers.Serializer):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    project = serializers.IntegerField()
    schema_version = serializers.IntegerField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    state = serializers.CharField()
    item = WorkItemOut()
    consensus = ConsensusShown(allow_null=True)
    answers = AnswerShown(many=True)
    comments = SaidShown(many=True)


class ReviewsShown(serializers.Serializer):
    reviews = ReviewShown(many=True)
    projects = serializers.DictField(child=WorkProjectOut())
    left = serializers.IntegerField(help_text="Tasks that wait in this list, up to a thousand.")


class ReviewView(APIView):
    rights = {"GET": "review", "POST": "review"}
    throttle_classes = ()


class NextReviews(ReviewView):
    class Input(Strict):
        source = serializers.ChoiceField(choices=SOURCES, help_text="The list to take from.")  # type: ignore[assignment]  # its name
        person = serializers.IntegerField(required=False, min_value=0, help_text='For the list "person".')
        label = serializers.CharField(required=False, max_length=200, help_text='For "label".')  # type: ignore[assignment]  # as above
        task = serializers.IntegerField(required=False, min_value=0, help_text='For the list "task".')
        want = serializers.IntegerField(min_value=0, max_value=MOST_TAKEN, default=1)
        have = serializers.ListField(child=serializers.IntegerField(), default=list, max_length=100)

    @extend_schema(operation_id="reviews_next", request=Input, responses=ReviewsShown)
    def post(self, request: Any, project_id: int) -> Response:
        """Take tasks to review, and keep those that one `have`s.

        Where none are left, who has nothing is given what they took before and never decided.
        """
        who, now = reviewer(request), timezone.now()
        project = selectors.reviewable_project(who, project_id)
        data = cleaned(self.Input, request.data)
        source, chosen = data["source"], selectors.filters_from(data["source"], data)
        reviewing.keep(who=who, review_ids=data["have"], now=now)
        taken = reviewing.take_reviews(who=who, project=project, source=source, count=data["want"], now=now, **chosen)
        if not taken and not data["have"] and chosen.keys() <= {"task"}:
            taken = reviewing.take_up_again(
                who=who, project=project, source=source, count=data["want"], now=now, **chosen
            )
        waiting = selectors.candidates(who, project, source=source, now=now, **chosen)
        return Response(reviews_as_sent(who, project, taken) | {"left": selectors.counted(waiting)})


class RejectedIn(Strict):
    answer = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=REJECTION_REASONS)
    clause = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_CLAUSE)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_NOTE)


class DecideReview(ReviewView):
    class Input(Strict):
        verdict = serializers.ChoiceField(choices=Verdict.choices)
        value = serializers.DictField(
            required=False, allow_null=True, default=None, help_text="The consensus that is accepted, or the fix."
        )
        reason = serializers.ChoiceField(choices=REJECTION_REASONS, required=False, allow_blank=True, default="")
        clause = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_CLAUSE)
        note = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_NOTE)
        rejections = RejectedIn(many=True, required=False, default=list)
        active_ms = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)

    class Out(serializers.Serializer):
        id = serializers.IntegerField()
        verdict = serializers.CharField()
        held = serializers.IntegerField(help_text="Rejections that wait for a second person.")

    @extend_schema(operation_id="reviews_decide", request=Input, responses=Out)
    def post(self, request: Any, review_id: int) -> Response:
        """Accept, fix, or ask again. Sent twice it counts once; 409 when the task is not what was shown any more."""
        review = selectors.my_review(reviewer(request), review_id)
        data = cleaned(self.Input, request.data)
        data["rejections"] = tuple(Rejected(**one) for one in data["rejections"])
        done = reviewing.decide(review=review, decision=Decision(**data), now=timezone.now())
        held = done.rejections.filter(state="held").count()
        return Response({"id": done.pk, "verdict": done.verdict, "held": held})


class UndoReview(ReviewView):
    @extend_schema(operation_id="reviews_undo", request=None, responses=ReviewsShown)
    def post(self, request: Any, review_id: int) -> Response:
        """Take one's verdict back while nobody has built on it; the task is under review again."""
        who = reviewer(request)
        review = selectors.my_review(who, review_id)
        cleaned(Nothing, request.data)
        open_again = reviewing.undo(review=review, now=timezone.now())
        return Response(reviews_as_sent(who, review.project, [open_again]) | {"left": 0})


class LeaveReviews(ReviewView):
    class Input(Strict):
        reviews = serializers.ListField(child=serializers.IntegerField(), max_length=100)

    class Out(serializers.Serializer):
        given_back = serializers.IntegerField()

    @extend_schema(operation_id="reviews_leave", request=Input, responses=Out)
    def post(self, request: Request) -> Response:
        """Give back tasks that one does not review after all."""
        data = cleaned(self.Input, request.data)
        return Response({"given_back": reviewing.give_back(who=reviewer(request), review_ids=data["reviews"])})
