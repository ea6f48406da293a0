// What an annotator tells the requester about a task: a kind and a text. The task goes on.
import { hint } from "../keys.js";
import { say } from "../text.js";
import { make, open } from "../ui/dialog.js";

const LONGEST = 2000;
const KINDS = () => [
  ["edge_case", gettext("Edge case")],
  ["guideline", gettext("Guideline unclear")],
  ["data", gettext("Data problem")],
  ["other", gettext("Other")],
];

/** @returns {Promise<{ kind: string, text: string }|null>} */
export function askComment() {
  return new Promise((resolve) => {
    const kinds = make("fieldset", { className: "choices comment-kinds" }, make("legend", { className: "field-label", textContent: gettext("What about") }));
    const inputs = KINDS().map(([kind, label], index) => {
      const input = make("input", { type: "radio", name: "comment-kind", value: kind, checked: !index });
      kinds.append(make("label", { className: "choice" }, input, make("span", { className: "choice-text", textContent: label })));
      return input;
    });
    const text = make("textarea", { className: "textarea", id: "comment-text", rows: 5, maxLength: LONGEST, dir: "auto", required: true });
    const send = make("button", { type: "submit", className: "btn btn-primary" }, hint("Ctrl+Enter"), say("Send"));
    const form = make("form", { className: "stack" }, kinds,
      make("div", { className: "field" }, make("label", { className: "field-label", htmlFor: "comment-text", textContent: gettext("Comment") }), text,
        make("p", { className: "field-help", textContent: gettext("The requester reads it, with the task. You go on as you like: answer or skip.") })),
      make("div", { className: "dialog-foot" }, send));
    const dialog = open(gettext("Comment to the requester"), form, {
      onClose: (done) => resolve(done ? { kind: inputs.find((input) => input.checked).value, text: text.value.trim() } : null),
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (text.value.trim()) dialog.close("send");
      else text.focus();
    });
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      form.requestSubmit();
    });
    text.focus();
  });
}
