"""What the material may be like: said by the requester, told to annotators before they begin, kept with the version."""

from django.utils import timezone

from labeling.content_risks import read_risks
from tasks.models import Project
from tasks.selectors import payload
from tasks.services.projects import change_project
from tests.factories import CHOICE, make_assignment, make_project, make_tasks

BODY = {"name": "Reviews", "type": "choice", "config": CHOICE}


def test_classes_are_kept_once_and_in_our_order_and_unknown_ones_are_told():
    problems = []
    assert read_risks(["hate", "violence", "hate"], problems) == ["violence", "hate"]
    assert not problems
    read_risks(["hate", "boredom"], problems)
    read_risks("hate", problems)
    assert [problem.path for problem in problems] == ["content_risks[1]", "content_risks"]


def test_a_project_says_it_in_the_api_and_a_change_is_a_new_version(org, with_key):
    api = with_key(org)
    made = api.post("/api/v1/projects", BODY | {"content_risks": ["hate"], "content_note": "Insults."})
    assert made.status_code == 201, made.json()
    address = f"/api/v1/projects/{made.json()['id']}"
    assert (made.json()["content_risks"], made.json()["content_note"]) == (["hate"], "Insults.")
    changed = api.patch(address, {"content_risks": ["hate", "violence"]}).json()
    assert (changed["version"], changed["content_risks"]) == (2, ["violence", "hate"])
    wrong = api.patch(address, {"content_risks": ["boredom"]})
    assert (wrong.status_code, wrong.json()["problems"][0]["path"]) == (400, "content_risks[0]")
    assert api.patch(address, {"content_note": "x" * 1001}).status_code == 400
    assert api.get(address).json() == changed


def test_annotators_are_told_on_their_page_and_with_the_task(org, ann, max_, sign_in):
    project = make_project(org, name="Wounds")
    task = make_tasks(project, 1)[0]
    risks = {"content_risks": ["medical"], "content_note": "Skin after <burns>."}
    change_project(project=project, actor=max_, now=timezone.now(), **risks)
    page = sign_in(ann).get("/work/").text
    assert "Medical images or wounds" in page
    assert "Skin after &lt;burns&gt;." in page
    assignment = make_assignment(task, ann, schema_version=2)
    [shown] = payload.projects_of(payload.tasks_of([assignment.pk])).values()
    assert {name: shown[name] for name in risks} == risks


def test_the_settings_page_takes_it(org, max_, sign_in):
    project = make_project(org)
    desk, path = sign_in(max_), f"/projects/{project.pk}/settings/"
    form = {"form": "version", "v-question": "Well?", "v-options": "good\nbad", "v-overlap": "1"}
    risks = {"v-content_risks": ["hate", "violence"], "v-content_note": "Insults."}
    assert desk.post(path, form | risks, format="multipart").status_code == 302
    version = Project.objects.get(pk=project.pk).versions.get(number=2)
    assert (version.content_risks, version.content_note) == (["violence", "hate"], "Insults.")
    assert "Violence, Hate" in desk.get(path).text
