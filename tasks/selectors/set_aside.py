"""Answers that are shown and count for nothing, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.models import Answer, Consensus, LeftOut
from tasks.selectors.machines import names_of_machines
from workers.models import Restriction

BY_PERSON, BY_MACHINE, BY_QUESTION = "person", "machine", "question"
BYS = (BY_PERSON, BY_MACHINE, BY_QUESTION)
RESTRICTION = "restriction "  # how the reason of one who is left out by a restriction begins


@dataclass(frozen=True, slots=True)
class SetAside:
    by: str  # all answers of the person, or of the machine, are left out; or it answers no question of now
    reason: str = ""  # a restriction's, by its code; only for who may know


class SetAsideReader:
    """Of one project; a fixed number of queries for all of its answers."""

    def __init__(self, project_id: int, *, tells_reasons: bool) -> None:
        self.reasons = _reasons(project_id)
        self.machines = names_of_machines(self.reasons)
        self.tells_reasons = tells_reasons

    def why(self, answer: Answer, consensus: Consensus | None) -> SetAside | None:
        """None for one that counts, or of which nothing is known yet."""
        who = answer.annotator_id
        if who in self.reasons:
            by = BY_MACHINE if who in self.machines else BY_PERSON
            return SetAside(by, self.reasons[who] if self.tells_reasons else "")
        is_known = consensus is not None and answer.is_live and answer.is_applied
        return SetAside(BY_QUESTION) if is_known and consensus and answer.pk not in consensus.answers else None

    def of(self, answers: Iterable[Answer], consensus: Consensus | None) -> dict[int, SetAside]:
        found = {answer.pk: self.why(answer, consensus) for answer in answers}
        return {pk: why for pk, why in found.items() if why}


def _reasons(project_id: int) -> Mapping[int, str]:
    """Of everybody whose answers are left out: the code of the restriction that did it, if one did."""
    rows = dict(LeftOut.objects.filter(project=project_id, ended_at=None).values_list("annotator_id", "reason"))
    numbers = {who: int(reason.removeprefix(RESTRICTION)) for who, reason in rows.items() if _is_restriction(reason)}
    codes = dict(Restriction.objects.filter(pk__in=numbers.values()).values_list("pk", "reason")) if numbers else {}
    return {who: codes.get(numbers[who], "") if who in numbers else "" for who in rows}


def _is_restriction(reason: str) -> bool:
    return reason.startswith(RESTRICTION) and reason.removeprefix(RESTRICTION).isdigit()
