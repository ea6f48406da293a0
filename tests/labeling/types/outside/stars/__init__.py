"""One to five stars: an example of a type that is installed from a package of its own."""

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types.base import Ballot, KeyBinding, TaskType, Vote
from labeling.types.strict import read_count, read_object, read_text

MOST = 5


class Stars(TaskType):
    """The answer is ``{"stars": number}``."""

    name = "stars"
    title = "Stars"
    family = "text"
    description = "One to five stars for a text."
    inputs = frozenset({"text"})

    def clean_config(self, raw):
        problems: list[Problem] = []
        given = read_object(raw, ("question",), problems)
        question = read_text(given.get("question"), problems, "question", longest=2000)
        if problems:
            raise InvalidConfig(problems)
        return {"question": question}

    def clean_answer(self, raw, *, config, item):
        problems: list[Problem] = []
        given = read_object(raw, ("stars",), problems)
        stars = read_count(given.get("stars"), problems, "stars", low=1, high=MOST) if isinstance(raw, dict) else 0
        if problems:
            raise InvalidAnswer(problems)
        return {"stars": stars}

    def ballot(self, answers, config):
        votes = [Vote(who, "stars", str(answer["stars"])) for who, answer in answers.items()]
        classes = {"stars": tuple(str(n) for n in range(1, MOST + 1))}
        return Ballot(votes, classes, rebuild=lambda won: {"stars": int(won["stars"])})

    def distance(self, a, b, config):
        return abs(a["stars"] - b["stars"]) / (MOST - 1)

    def export_columns(self, config):
        return {"stars": "int"}

    def export_row(self, answer, config):
        return {"stars": answer["stars"] if answer else None}

    def keys(self, config):
        return [KeyBinding(f"stars.{n}", str(n), f"{n} stars") for n in range(1, MOST + 1)]
