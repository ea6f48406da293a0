"""Small charts: what their axes and squares say."""

from django.template import Context, Template

from labeling.charts import draw, heat_map


def test_an_axis_has_no_half_of_a_thing():
    assert [value for _, value in draw("bar", [("a", 0), ("b", 1)]).lines] == [0, 1]
    assert [value for _, value in draw("bar", [("a", 0), ("b", 2)]).lines] == [0, 1, 2]
    assert [value for _, value in draw("line", [("a", 0.25), ("b", 1.0)]).lines] == [0, 0.5, 1], "shares have halves"


def test_large_numbers_are_grouped_on_the_axis_and_fit_into_a_square():
    drawn = Template('{% load labeling_ui %}{% chart "bar" points title="T" unit="u" %}').render(
        Context({"points": [("a", 60_000)]})
    )
    assert ">100,000</text>" in drawn
    square = heat_map(["a"], ["a"], [[(1.0, "20000", "", "")]])
    template = Template('{% load labeling_ui %}{% heat_map drawn "T" names names "c" %}')
    assert 'textLength="29"' in template.render(Context({"drawn": square, "names": ["a"]}))
