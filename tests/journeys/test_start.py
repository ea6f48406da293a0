import urllib.request


def test_the_installation_answers_on_either_database(stack):
    assert urllib.request.urlopen(f"{stack.base_url}/livez").status == 200
    assert {"gw-web", "gw-ingest", "gw-work", "gw-deliver", "gw-beat"} <= stack.processes().keys()
    assert stack.query("SELECT count(*) FROM django_migrations")[0][0] > 0


def test_a_command_sees_the_same_installation(stack):
    code = "from django.db import connection; print(connection.vendor)"
    assert stack.manage("shell", "-v", "0", "-c", code).split()[-1] == stack.kind
