import os

import pytest
from django.db import connection


@pytest.mark.skipif("os.environ.get('GW_TEST_DB') == 'sqlite'")
@pytest.mark.django_db
def test_the_suite_really_runs_on_postgresql():
    assert connection.vendor == "postgresql"
    assert os.environ["DATABASE_URL"].startswith("postgres://")
