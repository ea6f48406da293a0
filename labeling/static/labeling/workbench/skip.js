// Why a task is skipped: a closed list, one key each.
import { hint } from "../keys.js";
import { make, open } from "../ui/dialog.js";

const REASONS = () => [
  ["unclear", gettext("The question or the guideline is unclear")],
  ["broken", gettext("The item is broken or empty")],
  ["wrong_language", gettext("It is in a language I don't read")],
  ["harmful", gettext("It is harmful or upsetting")],
  ["not_my_skill", gettext("I don't know enough about this")],
  ["other", gettext("Something else")],
];

/** @returns {Promise<{ reason: string, note: string }|null>} */
export function askWhy() {
  return new Promise((resolve) => {
    const note = make("input", { className: "input", id: "skip-note", maxLength: 500, autocomplete: "off" });
    const list = make("div", { className: "choices" });
    const body = make("div", {}, list,
      make("div", { className: "field" }, make("label", { className: "field-label", htmlFor: "skip-note", textContent: gettext("Note (optional; write it first)") }), note));
    const dialog = open(gettext("Why skip this task?"), body, {
      onClose: (reason) => resolve(reason ? { reason, note: note.value.trim() } : null),
    });
    REASONS().forEach(([reason, label], index) => {
      const row = make("button", { type: "button", className: "choice choice-button" }, make("span", { className: "choice-text", textContent: label }), hint(String(index + 1)));
      row.addEventListener("click", () => dialog.close(reason));
      list.append(row);
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.target === note || !/^[1-6]$/.test(event.key)) return;
      event.preventDefault(); // it is not for the task as well
      list.children[Number(event.key) - 1].click();
    });
    list.firstElementChild.focus();
  });
}
