"""Skills drawn, and the rules' words with their figures."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tasks.models import Sign, Skill
from tasks.services.signs import ALARMS
from tasks.templatetags.requester import percent

WIDTH = 120

RULES: dict[str, tuple[Any, Any]] = {  # its name, and what it saw
    "low_accuracy": (
        _("Often wrong on gold"),
        _("%(right)s of %(of)s right. Somebody good enough is right %(good)s of the time, guessing with luck %(bad)s."),
    ),
    "drift": (
        _("Not as good as before"),
        _("Right %(was)s of the time at first, %(now)s lately, over %(answers)s answers."),
    ),
    "too_fast": (
        _("Faster than can be read"),
        _("%(count)s of the newest %(of)s answers came faster than anybody could see and press."),
    ),
    "repeats": (
        _("The same answer again and again"),
        _("%(length)s times in a row; by chance that happens with probability %(chance)s."),
    ),
    "gold_leak": (
        _("Much better on gold than elsewhere"),
        _("Right on %(gold)s of the gold, on %(elsewhere)s of all else. They may know which tasks are gold."),
    ),
    "collusion": (
        _("The same mistakes as somebody else"),
        _("%(same_wrong)s equal wrong answers on %(together)s common tasks; chance explains %(by_chance)s."),
    ),
    "skill": (_("Skill"), _("Mean %(mean)s, 10 %% quantile %(low)s; %(gold_right)s of %(gold_seen)s gold right.")),
}


SHARES = frozenset({"bad", "good", "was", "now", "share", "gold", "elsewhere", "mean", "low"})


class _Figures(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def in_words(rule: str, figures: dict[str, Any]) -> dict[str, Any]:
    name, text = RULES.get(rule, (rule, ""))
    shown = {key: percent(value) if key in SHARES else value for key, value in figures.items()}
    return {"name": name, "text": str(text) % _Figures(shown), "is_alarm": rule in ALARMS}


def told(sign: Sign) -> dict[str, Any]:
    return in_words(sign.rule, sign.figures) | {"sign": sign, "other": sign.other}


def interval(skill: Skill | None) -> dict[str, float] | None:
    """Places of the quantiles and the mean in a picture WIDTH wide, from 0 to 1."""
    if skill is None:
        return None
    low, mean, high = (round(share * (WIDTH - 8) + 4, 1) for share in (skill.low, skill.mean, skill.high))
    return {"low": low, "mean": mean, "wide": round(max(high - low, 1), 1)}
