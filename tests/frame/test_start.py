import ast
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from labeling import env
from labeling.supervisor.secret import secret_key


def test_processes_that_start_together_agree_on_one_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret_key(tmp_path / "var"), range(32)))
    assert len(found) == 1
    assert len(found.pop()) > 50
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret-key"]


def test_settings_read_the_environment_through_declared_names_only():
    tree = ast.parse((env.ROOT / "labeling" / "settings.py").read_text())
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "os" not in modules


def test_the_core_starts_without_django_and_celery():
    code = (
        "import labeling.types.registry as r, labeling.aggregation, labeling.agreement, labeling.importers,"
        "labeling.exporters, sys; r.all();"
        "print([m for m in ('django', 'celery', 'redis', 'rest_framework') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=env.ROOT, check=True)
    assert done.stdout.strip() == "[]"
