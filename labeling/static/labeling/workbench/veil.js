// The veil over a task's material: blur, no colours, until it is asked for. What it covers is said in veil.css. It is
// the person's choice; a project that says its material is sensitive begins veiled. Lifted while a key is held or the
// material is pointed at, and for one task by the button.
import { announce } from "../announce.js";
import { keyFor, nameOf } from "../keys.js";
import { say } from "../text.js";
import { onPreferences, preferences } from "../ui/preferences.js";

export class Veil {
  #entry = null; // the task on screen
  #project = null; // its project, or that of the task before: the guide still shows its examples
  #held = null; // the code of the key that is held
  isTold = () => true; // whether the person was told what a project's material is like

  constructor() {
    this.button = document.querySelector('[data-bar="veil"]');
    onPreferences(() => this.draw());
    addEventListener("keyup", (event) => { if (event.code === this.#held) this.#release(); });
    addEventListener("blur", () => this.#release());
    for (const [name, pressed] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) {
      addEventListener(name, (event) => this.#pressed(event, pressed), { capture: true, passive: true });
    }
  }

  /** Before the task is put on the page: the first frame is veiled already. */
  show(entry) {
    this.#entry = entry;
    this.#project = entry?.project ?? this.#project;
    this.draw();
  }

  get isOn() {
    const { when, blur, grey } = preferences().veil;
    const wanted = when === "always" || (when === "sensitive" && this.#project?.content_risks?.length > 0);
    return Boolean(wanted && (blur || grey));
  }

  get isDown() {
    return !this.isTold(this.#project) || (this.isOn && !this.#entry?.unveiled && !this.#held);
  }

  draw() {
    const { blur, grey, hover } = preferences().veil;
    const told = this.isTold(this.#project);
    document.body.dataset.veil = this.isDown ? [(blur || !told) && "blur", (grey || !told) && "grey"].filter(Boolean).join(" ") : "";
    document.body.toggleAttribute("data-veil-hover", told && hover);
    this.button.hidden = !this.isOn || !this.#entry;
    this.button.ariaPressed = String(Boolean(this.#entry?.unveiled));
    const part = this.#entry?.element?.part("document");
    if (part) part.ariaDescription = this.isDown ? this.words : null;
  }

  /** What is said of a veiled task. */
  get words() {
    const key = nameOf(keyFor("veil.hold", "U"));
    return key ? say("Veiled. %(key)s shows it while held.", { key }) : say("Veiled.");
  }

  /** For this task, or veiled again. */
  toggle() {
    if (!this.#entry || !this.isOn) return;
    this.#entry.unveiled = !this.#entry.unveiled;
    this.draw();
    announce(this.#entry.unveiled ? say("Shown for this task.") : say("Veiled again."));
  }

  /** While the key is held; from the palette, where nothing is held, for this task. */
  hold(event) {
    if (!event) this.toggle();
    else if (this.isOn && this.#entry && !this.#held) {
      this.#held = event.code;
      this.draw();
    }
  }

  /** Its commands, for a page's registry of keys. */
  actions(group) {
    return [
      { id: "veil.hold", key: "U", label: gettext("Show veiled material while the key is held"), run: (event) => this.hold(event), group, whileDown: true },
      { id: "veil.lift", key: "Shift+U", label: gettext("Show veiled material for this task"), run: () => this.toggle(), group },
    ];
  }

  #release() {
    if (!this.#held) return;
    this.#held = null;
    this.draw();
  }

  /** A finger or a pen has no hovering: pressing lifts the veil. */
  #pressed(event, pressed) {
    if (event.pointerType === "mouse") return;
    document.body.toggleAttribute("data-veil-pressed", pressed && Boolean(event.target.closest?.("[data-part=document], .example, .earlier li, .review-column, [data-material]")));
  }
}
