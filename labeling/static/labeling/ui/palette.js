// The command palette; it shows what keys.js knows.
import { actions, hint } from "../keys.js";
import { make, open } from "./dialog.js";

export function showPalette() {
  const all = actions().filter((action) => action.id !== "palette");
  const list = make("ul", { className: "palette-list", id: "palette-list", role: "listbox", ariaLabel: gettext("Commands") });
  const input = make("input", { className: "input", autocomplete: "off", placeholder: gettext("What do you want to do?") });
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "true"], ["aria-controls", "palette-list"], ["aria-label", gettext("Command")]]) input.setAttribute(name, value);
  let found = [];
  let at = 0;
  let chosen = null;
  const dialog = open(gettext("Commands"), make("div", {}, input, list), { onClose: () => chosen?.run() });

  function mark() {
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
  }
  function pick(index) {
    chosen = found[index] ?? null;
    if (chosen) dialog.close();
  }
  function filter() {
    const words = input.value.toLocaleLowerCase().split(/\s+/);
    found = all.filter((action) => words.every((word) => action.label.toLocaleLowerCase().includes(word)));
    at = 0;
    list.replaceChildren(...found.map((action, index) => {
      const row = make("li", { id: `palette-${index}`, role: "option" }, make("span", { textContent: action.label }), hint(action.key, action.id));
      row.addEventListener("click", () => pick(index));
      return row;
    }));
    mark();
  }
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length);
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      pick(at);
    }
  });
  filter();
  input.focus();
}
