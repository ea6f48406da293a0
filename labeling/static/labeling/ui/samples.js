// The types' own samples, live: a widget is mounted when it comes near, and its keys work while it has the focus.
import { announce } from "../announce.js";
import { listen, setScope } from "../keys.js";
import { say } from "../text.js";

const live = JSON.parse(document.getElementById("samples").textContent);
const NEAR = "400px";

class Sample {
  constructor(place, number) {
    this.place = place;
    this.number = number;
    this.stage = place.querySelector('[data-part="stage"]');
    this.answer = place.querySelector("[data-sample-answer]");
    this.state = place.querySelector("[data-sample-state]");
    place.addEventListener("focusin", () => this.#takeKeys());
    place.addEventListener("click", (event) => {
      const command = event.target.closest("[data-sample-command]")?.dataset.sampleCommand;
      if (command === "undo") this.widget?.undo();
      else if (command === "submit") this.check();
    });
  }

  async mount() {
    const { sample: name, number } = this.place.dataset;
    const { module, samples } = live[name];
    const { config, item } = samples[number];
    const task = { assignment: this.number, task: this.number, item, suggestion: null, draft: null };
    const { default: Widget } = await import(module);
    await Widget.prepare(task, {});
    this.widget = new Widget();
    this.widget.mount({ task, config, template: document.getElementById(`widget-${name}`) });
    this.widget.addEventListener("change", () => this.show());
    this.widget.addEventListener("announce", (event) => announce(event.detail.text));
    this.stage.replaceChildren(this.widget);
    this.show();
    this.place.dataset.mounted = "";
  }

  show() {
    this.answer.textContent = JSON.stringify(this.widget.value(), null, 2);
    this.state.textContent = "";
  }

  check() {
    const problems = this.widget.problems();
    this.widget.showProblems(problems);
    this.state.textContent = problems.length ? say("Not complete yet.") : say("Complete: this answer could be submitted.");
  }

  #takeKeys() {
    if (!this.widget) return;
    setScope("workbench", [
      { id: "submit", key: "Enter", label: gettext("Check"), run: () => this.check() },
      { id: "submit.anywhere", key: "Ctrl+Enter", label: gettext("Check"), run: () => this.check(), inFields: true },
      { id: "undo", key: "Z", also: ["Ctrl+Z"], label: gettext("Undo"), run: () => this.widget.undo() },
      { id: "redo", key: "Shift+Z", also: ["Ctrl+Shift+Z"], label: gettext("Redo"), run: () => this.widget.redo() },
    ]);
    setScope("task", this.widget.actions());
  }
}

const samples = new Map([...document.querySelectorAll("[data-sample]")].map((place, number) => [place, new Sample(place, number)]));
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    samples.get(target).mount().catch((error) => {
      console.error(error);
      samples.get(target).stage.textContent = say("This example could not be loaded.");
    });
  }
}, { rootMargin: NEAR });
for (const place of samples.keys()) near.observe(place);
// A sample's keys end where one turns to something else: there, letters do what they do on any page.
for (const turned of ["focusin", "pointerdown"]) {
  document.addEventListener(turned, (event) => {
    if (event.target.closest?.("[data-sample]")) return;
    setScope("task", []);
    setScope("workbench", []);
  });
}
listen();
