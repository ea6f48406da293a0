from labeling.release import release_of


def test_another_script_is_another_release_and_another_place_is_none(tmp_path):
    def build(name, script):
        folder = tmp_path / name
        (folder / "static" / "engine").mkdir(parents=True)
        (folder / "pyproject.toml").write_text('version = "1"')
        (folder / "static" / "engine" / "app.js").write_text(script)
        return release_of(folder / "pyproject.toml", [folder / "static"])

    first = build("here", "old()")
    assert build("there", "old()") == first
    assert build("updated", "new()") != first
