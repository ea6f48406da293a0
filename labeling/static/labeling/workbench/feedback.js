// What a training or a test says after an answer: right or not, what was expected beside what was said, and why.
import { announce } from "../announce.js";
import { hint } from "../keys.js";
import { number, say } from "../text.js";
import { make } from "../ui/dialog.js";
import { inWords } from "./earlier.js";

/** Whether there is something to read: in a test only its end is told. */
export const isTold = (feedback) => Boolean(feedback && (feedback.kind === "training" || feedback.result));

export class Feedback {
  #panel = null;

  /** @param {{ stage: HTMLElement, build: (task: object, value: object) => Promise<HTMLElement>, goOn: () => void }} parts */
  constructor(parts) {
    Object.assign(this, parts);
  }

  get isOpen() { return Boolean(this.#panel?.isConnected); }

  /** Put it in the place of the task, until the reader goes on. */
  async show(feedback, { task, project }, answer) {
    const heading = make("h2", { tabIndex: -1, textContent: headingOf(feedback) });
    const button = make("button", { type: "button", className: "btn btn-primary", id: "go-on" }, hint("Enter"), say("Go on"));
    button.addEventListener("click", () => this.close());
    const told = feedback.kind === "training" ? lesson(feedback, answer, project.config) : result(feedback.result);
    const panel = make("section", { className: "feedback", "data-view": "feedback", "data-right": String(feedback.right ?? feedback.result?.passed) }, heading, told, button);
    this.#panel = panel;
    this.stage.replaceChildren(panel);
    document.body.dataset.mode = "none";
    heading.focus({ preventScroll: true });
    announce(heading.textContent);
    if (feedback.kind === "training") await this.#pictures(panel, button, task, feedback, answer);
  }

  /** Both answers as the widget shows them. They are there to look at only: in words they stand above. */
  async #pictures(panel, button, task, feedback, answer) {
    const pairs = feedback.right ? [[gettext("Your answer"), answer]] : [[gettext("Your answer"), answer], [gettext("Expected"), feedback.expected]];
    const row = make("div", { className: "feedback-pictures", inert: true });
    row.setAttribute("aria-hidden", "true");
    try {
      for (const [name, value] of pairs) {
        const widget = await this.build(task, value);
        row.append(make("figure", {}, make("figcaption", { textContent: name }), make("div", { className: "sample-stage" }, widget)));
      }
    } catch (error) {
      console.warn("shown in words only", error);
      return;
    }
    if (panel.isConnected) button.before(row);
  }

  close() {
    this.#panel?.remove();
    this.#panel = null;
    this.goOn();
  }
}

function headingOf({ kind, right, result: end }) {
  if (kind === "training") return right ? say("Right") : right === false ? say("Not as expected") : say("Noted");
  return end.passed ? say("You passed the test") : say("The test was not passed");
}

function lesson({ expected, why, n, of }, answer, config) {
  const facts = make("dl", { className: "facts" });
  for (const [name, value] of [[gettext("Your answer"), answer], [gettext("Expected"), expected]]) {
    facts.append(make("dt", { textContent: name }), make("dd", { dir: "auto", textContent: inWords(value, config) }));
  }
  const box = make("div", { className: "stack stack-tight" }, make("p", { className: "muted small", textContent: say("Training, %(n)s of %(of)s", { n, of }) }), facts);
  if (why) box.append(make("p", { className: "feedback-why", dir: "auto" }, make("strong", { textContent: gettext("Why") }), " ", why));
  return box;
}

function result({ right, of, passed, pass_mark: mark, tries_left: left, again_at: again }) {
  const box = make("div", { className: "stack stack-tight" }, make("p", { textContent: say("%(right)s of %(of)s right; %(mark)s are needed.", { right, of, mark: Math.ceil(mark * of - 1e-9) }) }));
  if (passed) box.append(make("p", { textContent: say("You can begin with the work now.") }));
  else if (!left) box.append(make("p", { textContent: say("There is no further try. Write to whoever invited you if you think this is wrong.") }));
  else if (again) {
    const when = new Intl.DateTimeFormat(document.documentElement.lang || "en", { dateStyle: "medium", timeStyle: "short" }).format(new Date(again));
    box.append(make("p", { textContent: say("You can try again from %(when)s on. Tries left: %(left)s.", { when, left: number(left) }) }));
  }
  return box;
}
