// The person's own settings, without leaving the work: the veil, the keys, the language. Each counts at once.
import { say } from "../text.js";
import { make, open } from "../ui/dialog.js";
import { prefer, preferences } from "../ui/preferences.js";
import { cookie } from "./session.js";

const WHEN = () => [
  ["sensitive", gettext("Where the project says it is sensitive")],
  ["always", gettext("Always")],
  ["never", gettext("Never")],
];
const HOW = () => [
  ["blur", gettext("Blurred")],
  ["grey", gettext("Pictures without colours")],
  ["hover", gettext("Pointing at the material, or pressing on it, shows it")],
];

/** @param {{ accountUrl: string, languageUrl: string, languages: [string, string][] }} config */
export function showSettings(config, showShortcuts) {
  const state = make("p", { className: "muted small", role: "status" });
  const keep = async (fields) => {
    state.textContent = (await prefer("veil", fields)) ? say("Saved.") : say("In force here, but not saved yet: it is sent again when the connection is back.");
  };
  const shortcuts = make("button", { type: "button", className: "btn" }, gettext("Keyboard shortcuts"));
  const body = make("div", {}, veil(keep), state,
    make("section", { className: "stack stack-tight" }, make("h3", { textContent: gettext("Keys") }),
      make("p", { textContent: gettext("Give commands other keys, or switch off keys of a single character.") }), make("div", {}, shortcuts)),
    language(config),
    make("p", {}, make("a", { href: config.accountUrl, textContent: gettext("Your account") })));
  const dialog = open(gettext("Your settings"), body);
  shortcuts.addEventListener("click", () => {
    dialog.close();
    showShortcuts();
  });
}

function veil(keep) {
  const chosen = preferences().veil;
  const set = make("fieldset", { className: "stack stack-tight" }, make("legend", { className: "field-label", textContent: gettext("Veil the material of tasks") }));
  const row = (type, name, label, checked, fields) => {
    const input = make("input", { type, name, checked });
    input.addEventListener("change", () => keep(fields(input)));
    return make("label", { className: "check" }, input, make("span", { textContent: label }));
  };
  set.append(
    ...WHEN().map(([value, label]) => row("radio", "veil-when", label, chosen.when === value, () => ({ when: value }))),
    ...HOW().map(([name, label]) => row("checkbox", name, label, chosen[name], (input) => ({ [name]: input.checked }))));
  return set;
}

/** As in the header of other pages: a button for each other language. The page comes again in it. */
function language({ languageUrl, languages }) {
  const others = languages.filter(([code]) => code !== document.documentElement.lang);
  return make("form", { className: "row", method: "post", action: languageUrl },
    make("h3", { textContent: gettext("Language") }),
    make("input", { type: "hidden", name: "csrfmiddlewaretoken", value: cookie("csrftoken") }),
    make("input", { type: "hidden", name: "next", value: location.pathname + location.search }),
    ...others.map(([code, name]) => make("button", { type: "submit", className: "btn", name: "language", value: code, lang: code, textContent: name })));
}
