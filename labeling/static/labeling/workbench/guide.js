// Guideline and examples beside the work: open or closed, and which of the two, is remembered for each project.
import { announce } from "../announce.js";
import { say } from "../text.js";
import { make } from "../ui/dialog.js";
import { inWords } from "./earlier.js";

const CLOSED = { open: false, pane: "guideline" };

export class Guide {
  #project = null;
  #risksOf = () => "";
  #shown = ""; // what is in the pane
  #drawn = []; // widgets of examples

  /** @param {(task: object, value: object) => Promise<HTMLElement>} build makes the widget of a task, only to be looked at */
  constructor(uid, build) {
    this.uid = uid;
    this.build = build;
    this.pane = document.getElementById("guide");
    this.body = this.pane.querySelector("[data-guide=body]");
    this.tabs = [...this.pane.querySelectorAll("[data-guide-tab]")];
    this.pane.querySelector("[data-guide=close]").addEventListener("click", () => this.toggle());
    for (const tab of this.tabs) tab.addEventListener("click", () => this.#choose(tab.dataset.guideTab));
  }

  /** The project of the task on screen; without one the pane stays as it is until the next task comes. */
  show(project, risksOf) {
    if (!project) return;
    this.#project = project;
    this.#risksOf = risksOf;
    this.#draw();
  }

  toggle() {
    if (!this.#project) return;
    const state = this.#state();
    const held = this.pane.contains(document.activeElement);
    this.#keep({ ...state, open: !state.open });
    this.#draw();
    if (held) document.getElementById("main").focus({ preventScroll: true });
    announce(state.open ? say("Guideline closed.") : say("Guideline shown beside the task."));
  }

  #choose(pane) {
    this.#keep({ ...this.#state(), pane });
    this.#draw();
    this.body.scrollTop = 0;
  }

  get #name() { return `groundwork-guide-${this.uid}-${this.#project.id}`; }

  #state() {
    try {
      return { ...CLOSED, ...JSON.parse(localStorage.getItem(this.#name)) };
    } catch (error) {
      console.warn("what was open is not known", error);
      return CLOSED;
    }
  }

  #keep(state) {
    try {
      localStorage.setItem(this.#name, JSON.stringify(state));
    } catch (error) {
      console.warn("not remembered", error);
    }
  }

  #draw() {
    const project = this.#project;
    const { open, pane } = this.#state();
    const examples = project.examples ?? [];
    const chosen = examples.length ? pane : "guideline";
    this.pane.hidden = !open;
    for (const button of document.querySelectorAll("[data-command=guideline]")) button.ariaExpanded = String(open);
    this.pane.querySelector("[data-guide=tabs]").hidden = !examples.length;
    this.pane.querySelector("[data-guide=title]").classList.toggle("visually-hidden", examples.length > 0); // the first tab says so
    for (const tab of this.tabs) tab.ariaPressed = String(tab.dataset.guideTab === chosen);
    const wanted = `${project.id}.${project.schema_version}.${chosen}`;
    if (!open || this.#shown === wanted) return;
    this.#shown = wanted;
    for (const widget of this.#drawn) widget.release();
    this.#drawn = [];
    const boxes = chosen === "examples" ? examples.map((each, index) => example(each, index, project)) : guideline(project, this.#risksOf(project));
    this.body.replaceChildren(...boxes);
    if (chosen === "examples") examples.forEach((each, index) => this.#picture(each, boxes[index], project));
  }

  /** What is drawn or marked in an example's answer, as the widget shows it; in words it stands below. */
  async #picture({ item, answer }, box, project) {
    const plain = box.querySelector("img, blockquote");
    if (!plain || !Array.isArray(answer?.annotations)) return;
    const task = { assignment: 0, project: project.id, schema_version: project.schema_version, item: { data: {}, ...item }, suggestion: null, draft: null };
    try {
      const widget = await this.build(task, answer);
      if (!box.isConnected) return widget.release();
      this.#drawn.push(widget);
      const frame = make("div", { className: "sample-stage example-stage", inert: true }, widget);
      frame.dataset.shows = item.image ? "image" : "text";
      frame.setAttribute("aria-hidden", "true");
      plain.replaceWith(frame);
    } catch (error) {
      console.warn("shown in words only", error);
    }
  }
}

function guideline(project, risks) {
  const text = make("div", { className: "prose" });
  text.innerHTML = project.guideline_html || ""; // made from Markdown and sanitised by the server
  if (!text.textContent.trim()) text.textContent = say("This project has no guideline.");
  const part = (title, ...words) => make("section", { className: "stack stack-tight" }, make("h3", { textContent: title }), ...words.filter(Boolean).map((each) => make("p", { dir: "auto", textContent: each })));
  return [
    text,
    ...(project.end_use ? [part(gettext("What the labels are for"), project.end_use)] : []),
    ...(risks ? [part(gettext("Sensitive material"), risks, project.content_note)] : []),
  ];
}

function example({ item, answer, why, is_wrong: isWrong }, index, project) {
  const name = say("Example %(n)s", { n: index + 1 });
  const title = make("h3", { textContent: name });
  if (isWrong) title.append(" ", make("span", { className: "chip chip-bad", textContent: gettext("Not like this") }));
  const box = make("article", { className: "example" }, title);
  if (item.image) box.append(make("img", { src: item.image.thumb_url, alt: name, loading: "lazy" }));
  if (item.text) box.append(make("blockquote", { dir: "auto", textContent: item.text }));
  for (const [column, value] of Object.entries(item.text || item.image ? {} : item.data ?? {})) {
    box.append(make("blockquote", { dir: "auto", textContent: `${column}: ${typeof value === "string" ? value : JSON.stringify(value)}` }));
  }
  box.append(make("p", {}, make("span", { className: "muted", textContent: gettext("Answer") }), " ", make("strong", { dir: "auto", textContent: inWords(answer, project.config) })));
  if (why) box.append(make("p", { dir: "auto", textContent: why }));
  return box;
}
