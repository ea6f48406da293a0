"""openai's own types on lines for fine-tuning: what a request for a chat would take, with nothing beside it.

The package has no type for a whole line; the names of its fields are those of OpenAI's guide.
"""

import json

from openai.types import chat
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import ConfigDict, TypeAdapter
from typing_extensions import is_typeddict

for each in (CompletionCreateParamsNonStreaming, *vars(chat).values()):
    if is_typeddict(each):
        each.__pydantic_config__ = ConfigDict(extra="forbid")
REQUEST = TypeAdapter(CompletionCreateParamsNonStreaming)
ANSWER = TypeAdapter(list[chat.ChatCompletionAssistantMessageParam])
PREFERENCE = {"input", "preferred_output", "non_preferred_output"}


def judge(folder):
    return {file.stem: [line_of(line) for line in file.open(encoding="utf-8")] for file in folder.glob("*.jsonl")}


def line_of(raw):
    line = json.loads(raw)
    asked = line.get("input", line)
    messages = list(REQUEST.validate_python(asked | {"model": "any"}, strict=True)["messages"])
    assert messages, "a chat without a message"
    if asked is line:
        assert line.keys() <= {"messages", "tools", "parallel_tool_calls"}, line.keys()
        assert messages[-1]["role"] == "assistant", "nothing to learn from"
        return {"messages": messages}
    assert line.keys() == PREFERENCE, line.keys()
    outputs = {name: ANSWER.validate_python(line[name], strict=True) for name in sorted(PREFERENCE - {"input"})}
    assert all(len(each) == 1 for each in outputs.values())
    return {"messages": messages} | outputs


def survey(folder):
    return {case: {"items": [str(n) for n in range(len(seen))], "labels": []} for case, seen in judge(folder).items()}
