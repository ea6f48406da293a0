"""How the hot path looks in the OpenAPI document. Only there: requests and replies do not pass through these."""

from rest_framework import serializers as s

from tasks.api.images import ImageOut
from tasks.models.comments import LONGEST_COMMENT, CommentKind
from tasks.states import SKIP_REASONS


class WorkItemOut(s.Serializer):
    id = s.IntegerField()
    text = s.CharField(required=False)
    image = ImageOut(required=False)
    data = s.DictField()  # type: ignore[assignment]  # the name is the protocol's


class DraftIn(s.Serializer):
    seq = s.IntegerField(min_value=0)
    value = s.DictField()


class DraftOut(s.Serializer):
    seq = s.IntegerField()


class SuggestionOut(s.Serializer):
    value = s.DictField()


class WorkTaskOut(s.Serializer):
    assignment = s.IntegerField()
    task = s.IntegerField(help_text="A number that stands for the task among annotators; not its id.")
    project = s.IntegerField()
    schema_version = s.IntegerField()
    item = WorkItemOut()
    suggestion = SuggestionOut(allow_null=True, help_text="An answer to begin with, which came with the item.")
    draft = DraftIn(allow_null=True)
    lease_expires_at = s.DateTimeField(allow_null=True)


class ExampleOut(s.Serializer):
    item = s.DictField(help_text="As in a task: text, image, data.")
    answer = s.DictField()
    why = s.CharField(allow_blank=True)
    is_wrong = s.BooleanField(required=False, help_text="An example of a mistake.")


class WorkProjectOut(s.Serializer):
    id = s.IntegerField()
    name = s.CharField()
    type = s.CharField()
    schema_version = s.IntegerField()
    config = s.DictField()
    guideline_html = s.CharField()
    end_use = s.CharField()
    content_risks = s.ListField(child=s.CharField(), help_text="What the material may be like; empty for harmless.")
    content_note = s.CharField()
    widget = s.CharField()
    examples = ExampleOut(many=True)


class ProblemOut(s.Serializer):
    path = s.CharField()
    message = s.CharField()
    code = s.CharField()


class AnswerIn(s.Serializer):
    id = s.UUIDField(required=False, help_text="Made by the sender; sending again under it is harmless.")
    schema_version = s.IntegerField(required=False, min_value=1, help_text="Of the task; by default the assignment's.")
    answer = s.DictField()
    active_ms = s.IntegerField(required=False, min_value=0)
    supersedes = s.IntegerField(required=False, allow_null=True, help_text="The answer that this one corrects.")


class AnswerEntryIn(AnswerIn):
    id = s.UUIDField()
    assignment = s.IntegerField(min_value=1)
    schema_version = s.IntegerField(min_value=1)


class SkipIn(s.Serializer):
    reason = s.ChoiceField(choices=SKIP_REASONS)
    note = s.CharField(required=False, allow_blank=True)


class SkipEntryIn(SkipIn):
    assignment = s.IntegerField(min_value=1)


class CommentIn(s.Serializer):
    id = s.UUIDField(required=False, help_text="Made by the sender; sending again under it is harmless.")
    kind = s.ChoiceField(choices=CommentKind.choices)
    text = s.CharField(max_length=LONGEST_COMMENT)


class CommentEntryIn(CommentIn):
    id = s.UUIDField()
    assignment = s.IntegerField(min_value=1)


class ExchangeIn(s.Serializer):
    answers = AnswerEntryIn(many=True, required=False)
    skips = SkipEntryIn(many=True, required=False)
    returns = s.ListField(child=s.IntegerField(), required=False, help_text="Assignments given back.")
    as_of = s.DateTimeField(
        required=False,
        allow_null=True,
        help_text="The `now` of the last reply: of `returns`, what was handed out once more since is kept.",
    )
    want = s.IntegerField(required=False, min_value=0, max_value=10, help_text="Further tasks wanted.")
    have = s.ListField(child=s.IntegerField(), required=False, help_text="Assignments on the page: a sign of life.")
    project = s.IntegerField(required=False, allow_null=True, help_text="Tasks of this project only.")
    claim = s.ListField(child=s.IntegerField(), required=False, help_text="Named tasks, with self-selection only.")
    comments = CommentEntryIn(many=True, required=False, help_text="To the requester, about tasks one has or had.")


class CommentResultOut(s.Serializer):
    id = s.UUIDField()
    assignment = s.IntegerField()
    status = s.ChoiceField(choices=["stored", "duplicate", "refused"])
    detail = s.CharField(required=False)
    problems = ProblemOut(many=True, required=False)


class AnswerResultOut(s.Serializer):
    id = s.UUIDField(required=False)
    assignment = s.IntegerField()
    status = s.ChoiceField(choices=["stored", "duplicate", "late", "invalid", "refused"])
    answer_id = s.IntegerField(required=False)
    detail = s.CharField(required=False)
    problems = ProblemOut(many=True, required=False)


class GivenBackOut(s.Serializer):
    assignment = s.IntegerField()
    status = s.ChoiceField(choices=["skipped", "returned", "refused"])
    detail = s.CharField(required=False)
    problems = ProblemOut(many=True, required=False)


class ClaimedOut(s.Serializer):
    task = s.IntegerField()
    status = s.ChoiceField(choices=["leased", "refused"])
    assignment = s.IntegerField(required=False)
    detail = s.CharField(required=False)


class DayLimitOut(s.Serializer):
    answers = s.IntegerField(allow_null=True, help_text="At most so many a day.")
    minutes = s.IntegerField(allow_null=True, help_text="Of active work a day, at most.")
    reached = s.BooleanField(help_text="Nothing more is given today.")


class WorkSessionOut(s.Serializer):
    done = s.IntegerField()
    goal = s.IntegerField()
    eta_s = s.IntegerField(allow_null=True)
    active_s = s.IntegerField(help_text="Seconds of active work today.")
    limit = DayLimitOut(allow_null=True)
    break_due = s.BooleanField()


class ExchangeOut(s.Serializer):
    results = AnswerResultOut(many=True)
    skipped = GivenBackOut(many=True)
    returned = GivenBackOut(many=True)
    claimed = ClaimedOut(many=True, required=False)
    comments = CommentResultOut(many=True, required=False)
    tasks = WorkTaskOut(many=True)
    projects = s.DictField(child=WorkProjectOut(), help_text='By "project.schema_version".')
    session = WorkSessionOut()
    release = s.CharField()
    now = s.DateTimeField(help_text="When the server made this reply.")


class TurnOut(s.Serializer):
    state = s.CharField()
    task = WorkTaskOut()
    project = WorkProjectOut()


class HistoryEntryOut(WorkTaskOut):
    answer_id = s.IntegerField()
    answer = s.DictField()
    answered_at = s.DateTimeField()
    active_ms = s.IntegerField()
    may_correct = s.BooleanField()


class HistoryOut(s.Serializer):
    results = HistoryEntryOut(many=True)
    projects = s.DictField(child=WorkProjectOut())
    before = s.IntegerField(allow_null=True, help_text="Ask with ?before= this for older ones; null at the end.")


class ProjectToWorkOnOut(s.Serializer):
    id = s.IntegerField()
    name = s.CharField()
    type = s.CharField()
    version = s.IntegerField()
    priority = s.IntegerField()
    guideline_html = s.CharField()
    end_use = s.CharField()
    content_risks = s.ListField(child=s.CharField())
    content_note = s.CharField()
    left = s.IntegerField(help_text="Tasks with a free slot, counted up to 1000.")
    to_fix = s.IntegerField(help_text="Answers of yours that a reviewer returned.")
    left_is_more = s.BooleanField()
    done = s.IntegerField(help_text="Answered by the caller.")


class ProjectsToWorkOnOut(s.Serializer):
    results = ProjectToWorkOnOut(many=True)
