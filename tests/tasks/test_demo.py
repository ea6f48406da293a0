"""What the demo's loader leaves behind it."""

from labeling.types import registry
from tasks.demo import content, load
from tasks.replay.access import DEMO_SLUG
from tests.factories import make_org, make_project


def finished_project():
    org = make_org()
    org.slug = DEMO_SLUG
    org.save()
    return make_project(org, name=load.FINISHED)


def test_the_finished_project_is_exported_and_complete(live_server):
    project = finished_project()
    load._finish(live_server.url)
    project.refresh_from_db()
    assert project.state == "completed"
    assert [(one.format, one.include_answers) for one in project.exports.all()] == [("csv", True)]


def test_what_a_visitor_did_with_the_finished_project_stays(live_server):
    project = finished_project()
    load._finish(live_server.url)
    type(project).objects.filter(pk=project.pk).update(state="running")
    load._finish(live_server.url)
    project.refresh_from_db()
    assert (project.state, project.exports.count()) == ("running", 1)


def test_the_demos_questions_are_what_their_type_takes():
    for config in (content.SENTIMENT, content.PHOTO):
        assert registry.get("choice").clean_config(config)["question"] == config["question"]
