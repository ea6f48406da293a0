// The drawer with the last ten answers; those not yet reviewed or exported can be opened and corrected.
import { clock, say } from "../text.js";
import { make, open } from "../ui/dialog.js";

/** An answer in words: option values by their labels, anything else as it is. */
export function inWords(answer, config) {
  const labels = new Map((config?.options ?? []).map((option) => [option.value, option.label ?? option.value]));
  for (const label of config?.labels ?? []) labels.set(label.value, label.label ?? label.value);
  const words = Object.values(answer ?? {}).flat().map((value) => labels.get(value) ?? (value && typeof value === "object" ? objectInWords(value, labels) : String(value)));
  return words.filter(Boolean).join(", ") || say("none");
}

/** A span is its text and label, a shape its label; of anything else only that it is there. */
function objectInWords(value, labels) {
  if (typeof value.label === "string") return [value.text, labels.get(value.label) ?? value.label].filter(Boolean).join(": ");
  return Object.keys(value).length ? "…" : "";
}

/** @param {object[]} answers rows of GET work/history, newest first */
export function showEarlier(answers, projectOf, onCorrect) {
  const list = make("ul", { className: "earlier" });
  const dialog = open(gettext("Your last answers"), make("div", {}, answers.length ? list : make("p", { textContent: gettext("None yet.") })), { kind: "drawer" });
  for (const row of answers) {
    const project = projectOf(row);
    const head = make("p", { className: "earlier-head" }, make("strong", { textContent: inWords(row.answer, project?.config), dir: "auto" }),
      make("span", { className: "muted small", textContent: clock(row.answered_at) }));
    const { text, image } = row.item;
    const item = make("li", {}, head, make("p", { className: "earlier-text", dir: "auto", textContent: text ?? (image ? say("Picture, task %(id)s", { id: row.task }) : say("Task %(id)s", { id: row.task })) }));
    if (image?.thumb_url) item.append(make("img", { src: image.thumb_url, alt: "", loading: "lazy" }));
    if (row.may_correct && project) {
      const button = make("button", { type: "button", className: "btn" }, gettext("Correct"));
      button.addEventListener("click", () => { dialog.close(); onCorrect(row); });
      item.append(button);
    }
    list.append(item);
  }
}
