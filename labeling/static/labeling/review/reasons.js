// Why something is rejected: a closed list, one key each; the clause and a note are written first, if at all.
import { hint } from "../keys.js";
import { make, open } from "../ui/dialog.js";

/** @returns {Promise<{ reason: string, clause: string, note: string }|null>} */
export function askReason(title, explanation, reasons) {
  return new Promise((resolve) => {
    const field = (id, label, maxLength) => {
      const input = make("input", { className: "input", id, maxLength, autocomplete: "off", dir: "auto" });
      return [input, make("div", { className: "field" }, make("label", { className: "field-label", htmlFor: id, textContent: label }), input)];
    };
    const [clause, clauseField] = field("reject-clause", gettext("Clause of the guideline (optional)"), 120);
    const [note, noteField] = field("reject-note", gettext("Note to the annotator (optional; write it first)"), 2000);
    const list = make("div", { className: "choices" });
    const warning = make("p", { className: "field-errors", role: "alert" });
    const body = make("div", {}, make("p", { className: "muted", textContent: explanation }), list, clauseField, noteField, warning);
    const dialog = open(title, body, {
      onClose: (reason) => resolve(reason ? { reason, clause: clause.value.trim(), note: note.value.trim() } : null),
    });
    function choose(reason) {
      if (reason === "other" && !note.value.trim()) {
        warning.textContent = gettext("Say why in the note: the reason is none of the listed ones.");
        note.focus();
        return;
      }
      dialog.close(reason);
    }
    reasons.forEach(([reason, label], index) => {
      const row = make("button", { type: "button", className: "choice choice-button" }, make("span", { className: "choice-text", textContent: label }), hint(String(index + 1)));
      row.addEventListener("click", () => choose(reason));
      list.append(row);
    });
    dialog.addEventListener("keydown", (event) => {
      const picked = ![note, clause].includes(event.target) && /^[1-9]$/.test(event.key) && list.children[Number(event.key) - 1];
      if (picked) picked.click();
    });
    list.firstElementChild.focus();
  });
}
