"""Chat tasks: ordered into a project of ours that judges or writes what models say, and told as threads of turns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labeling.errors import InvalidAnswer, InvalidInput, Problem
from labeling.types import registry
from tasks.scale.kinds.base import Asked, Keep, Kind, Params, read_dict

CORES = ("comparison", "ranking", "rating", "conversation", "response", "rewrite", "harm")
ROLES = ("system", "user", "assistant", "function")
MADE_UP = "Made up for a test. "


class Chat(Kind):
    """One for each project: the project's own type and question are asked."""

    name = "chat"
    required = ("template_variables",)

    def __init__(self, core: str, config: dict[str, Any]) -> None:
        self.core, self.config = core, config  # type: ignore[misc]  # of the instance here

    def ask(self, params: Params, instruction: str) -> Asked:
        item = read_dict(params["template_variables"], "template_variables")
        found = registry.get(self.core).item_problems(item, self.config)
        if found:
            raise InvalidInput(
                Problem(f"template_variables.{p.path}".rstrip("."), f"template_variables.{p.path}: {p.message}", p.code)
                for p in found
            )
        return Asked(self.config, item, is_projects=True)

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        return {"threads": [Threads(self.core, self.config, params["template_variables"], seed).thread(answer)]}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        return response

    def invent(self, asked: Asked) -> dict[str, Any]:
        made = _invented(self.core, self.config, asked.item)
        try:
            return registry.get(self.core).clean_answer(made, config=self.config, item=asked.item)
        except InvalidAnswer:
            return {}

    def made_up(self, params: Params, instruction: str, seed: str, keep: Keep) -> dict[str, Any]:
        answer = self.invent(self.ask(params, instruction))
        return self.response(answer, params, seed) if answer else {"threads": []}


class Threads:
    """Builds the thread of one answered item."""

    def __init__(self, core: str, config: dict[str, Any], item: dict[str, Any], seed: str) -> None:
        self.core, self.config, self.item, self.seed = core, config, item, seed
        self.counted = 0

    def id(self) -> str:
        """Begins with the task's own, so that an annotation can be asked for by its id."""
        self.counted += 1
        return f"{self.seed}-{self.counted}"

    def thread(self, answer: dict[str, Any]) -> dict[str, Any]:
        turns = (
            self.of_conversation(answer) if self.core == "conversation" else [getattr(self, f"of_{self.core}")(answer)]
        )
        overall = self.rated(self.config.get("overall_criteria", []), answer.get("overall", {}), answer, "overall")
        return {"id": self.id(), "turns": turns, "annotations": overall}

    def of_comparison(self, answer: dict[str, Any]) -> dict[str, Any]:
        names = self.sources()
        found = [self.preference("", answer, names, answer["justification"])]
        for criterion in self.config["criteria"]:
            found.append(self.preference(f"{criterion['name']}_", answer["criteria"][criterion["name"]], names, ""))
        return self.turn([*self.prompt(), *self.responses()], [each for both in found for each in both])

    def preference(self, prefix: str, one: dict[str, Any], names: list[str], why: str) -> list[dict[str, Any]]:
        """How far to which side: 1 is the first by far, the highest the second by far."""
        scale = self.config["scale"]
        half, side = scale // 2, one["preference"]
        middle = (scale + 1) // 2 if scale % 2 else None
        value = half - one["strength"] + 1 if side == "a" else scale - half + one["strength"] if side == "b" else middle
        likert = self.note(f"{prefix}likert_value", "integer", value, possible_values=list(range(1, scale + 1)))
        chosen = {"a": names[0], "b": names[1]}.get(side, side)
        selected = self.note(
            f"{prefix}selected_model_id", "category", chosen, possible_values=[*names, "tie", "both_bad"]
        )
        return [likert | ({"justification": why} if why else {}), selected]

    def of_ranking(self, answer: dict[str, Any]) -> dict[str, Any]:
        names, ranks = self.sources(), answer["ranks"]
        groups = [
            [name for name, rank in zip(names, ranks, strict=True) if rank == place] for place in sorted(set(ranks))
        ]
        why = {"justification": answer["justification"]} if answer["justification"] else {}
        ranked = self.note("ranking", "ranked_groups", groups) | why
        return self.turn([*self.prompt(), *self.responses()], [ranked])

    def of_rating(self, answer: dict[str, Any]) -> dict[str, Any]:
        found = self.rated(self.config["criteria"], answer["ratings"], answer, "")
        return self.judged(found)

    def of_harm(self, answer: dict[str, Any]) -> dict[str, Any]:
        categories = [each["value"] for each in self.config["categories"]]
        named = list(answer["categories"])
        found = [self.note("harm_categories", "category_multiple", named, possible_values=categories)]
        found += [self.note(f"severity_{name}", "category", level) for name, level in answer["categories"].items()]
        found.append(self.note("is_safe", "boolean", answer["is_safe"]))
        if answer["note"]:
            found.append(self.note("note", "text", answer["note"]))
        return self.judged(found)

    def judged(self, found: list[dict[str, Any]]) -> dict[str, Any]:
        """What is said of the last message; of a lone text or picture, of the turn."""
        messages = self.prompt() + self.responses() + self.messages()
        if not messages:
            return self.turn([self.message("user", str(self.item.get("text", "")))], found)
        messages[-1]["annotations"] += found
        return self.turn(messages, [])

    def of_response(self, answer: dict[str, Any]) -> dict[str, Any]:
        return self.turn([*self.prompt(), self.message("assistant", answer["response"], "annotator")], [])

    def of_rewrite(self, answer: dict[str, Any]) -> dict[str, Any]:
        messages = self.prompt() + self.responses()
        messages[-1]["annotations"].append(self.note("rewrite", "text", answer["response"]))
        return self.turn(messages, [])

    def of_conversation(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        """A turn is what one user message starts; what comes before the first is part of it."""
        turns: list[list[dict[str, Any]]] = [[]]
        for n, message in enumerate(self.messages()):
            if message["role"] == "user" and any(each["role"] == "user" for each in turns[-1]):
                turns.append([])
            given = answer["messages"].get(str(n), {})
            message["annotations"] += self.rated(self.config["message_criteria"], given, answer, f"messages.{n}")
            turns[-1].append(message)
        return [
            self.turn(
                messages,
                self.rated(self.config["turn_criteria"], answer["turns"].get(str(n), {}), answer, f"turns.{n}"),
            )
            for n, messages in enumerate(turns)
        ]

    def rated(
        self, criteria: Iterable[Any], given: dict[str, Any], answer: dict[str, Any], at: str
    ) -> list[dict[str, Any]]:
        found = []
        for criterion in criteria:
            name = criterion["name"]
            if name not in given:
                continue
            options = [each["value"] for each in criterion["options"] or []]
            note = self.note(name, "category" if options else "integer", given[name], title=criterion["label"])
            if options:
                note["possible_values"] = options
            if why := answer.get("justifications", {}).get(f"{at}.{name}".lstrip(".")):
                note["justification"] = why
            found.append(note)
        return found

    def note(self, key: str, type: str, value: Any, **more: Any) -> dict[str, Any]:
        return {"id": self.id(), "key": key, "type": type, "value": value, **more}

    def turn(self, messages: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": self.id(), "messages": messages, "annotations": annotations}

    def message(self, role: str, text: str, source: str = "") -> dict[str, Any]:
        known = role if role in ROLES else "assistant"
        return {"role": known, "content": {"text": text}, "source_id": source or known, "annotations": []}

    def prompt(self) -> list[dict[str, Any]]:
        given = self.item.get("prompt")
        if isinstance(given, str):
            return [self.message("user", given)] if given else []
        return [self.message(each["role"], each["content"]) for each in given or []]

    def messages(self) -> list[dict[str, Any]]:
        return [self.message(each["role"], each["content"]) for each in self.item.get("messages") or []]

    def listed(self) -> list[Any]:
        return self.item.get("responses") or ([self.item["response"]] if self.item.get("response") else [])

    def sources(self) -> list[str]:
        return [
            str(each["id"]) if isinstance(each, dict) and each.get("id") else f"response_{n}"
            for n, each in enumerate(self.listed(), 1)
        ]

    def responses(self) -> list[dict[str, Any]]:
        return [
            self.message("assistant", each["text"] if isinstance(each, dict) else each, source)
            for each, source in zip(self.listed(), self.sources(), strict=True)
        ]


def _invented(core: str, config: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    why = MADE_UP * 5
    rule = config.get("justification")
    reason = why if isinstance(rule, dict) and rule.get("required") else ""
    if core == "comparison":
        first = {"preference": "a", "strength": 1}
        criteria = {each["name"]: dict(first) for each in config["criteria"]}
        return first | {"criteria": criteria, "justification": reason, "order": [0, 1]}
    if core == "ranking":
        places = list(range(len(item["responses"])))
        return {"ranks": [n + 1 for n in places], "order": places, "justification": reason}
    if core == "rating":
        return {"ratings": _values(config["criteria"]), "justifications": _reasons(config["criteria"], "")}
    if core == "harm":
        named = {config["categories"][0]["value"]: config["severities"][0]["value"]}
        return {"categories": named, "is_safe": False, "note": reason}
    if core == "response":
        return {"response": why}
    if core == "rewrite":
        return {"response": why, "is_unchanged": False}
    messages = item["messages"]
    rated = [str(n) for n, each in enumerate(messages) if each.get("role") in config["roles"]]
    turns = [str(n) for n in range(sum(each.get("role") == "user" for each in messages))]
    by_message, by_turn = _values(config["message_criteria"]), _values(config["turn_criteria"])
    return {
        "messages": dict.fromkeys(rated, by_message) if by_message else {},
        "turns": dict.fromkeys(turns, by_turn) if by_turn else {},
        "overall": _values(config["overall_criteria"]),
        "justifications": {},
    }


def _values(criteria: Iterable[Any]) -> dict[str, Any]:
    return {each["name"]: each["options"][0]["value"] if each["options"] else each["scale"]["min"] for each in criteria}


def _reasons(criteria: Iterable[Any], at: str) -> dict[str, str]:
    return {
        f"{at}{each['name']}": MADE_UP * 5
        for each in criteria
        if each["justification"] and each["justification"]["required"]
    }
