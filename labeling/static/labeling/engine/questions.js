// A widget made of questions: its state is one flat object, a value for each question; keys act on the current question,
// and an answer moves on to the next one that has none.
import { prepareItem } from "../item.js";
import { say } from "../text.js";
import Widget from "../widget.js";
import { control } from "./controls.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
const KEYS = [...DIGITS, ...DIGITS.map((digit) => `Shift+${digit}`)];

export class QuestionsWidget extends Widget {
  static prepare = prepareItem;
  state = {};
  asked = []; // { question, element, inputs, read, write }
  #current = null;
  #typing = null; // the command that the keystrokes in one field add up to
  #pointer = false;

  /** @returns {import("./controls.js").Question[]} */
  questions() { return []; }
  /** A question's controls. */
  make(question) { return control(question, this); }
  /** Where they go. */
  place(_question) { return this.part("questions"); }
  isShown(_question) { return true; }

  build() {
    this.dataset.shows = "model";
    const heading = this.part("question");
    if (heading) heading.textContent = this.config.question;
    this.form = this.part("form");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.ask();
    this.addEventListener("pointerdown", () => { this.#pointer = true; }, true);
    this.addEventListener("keydown", (event) => this.#keyed(event), true);
    this.addEventListener("focusin", (event) => this.#focused(event.target));
    this.addEventListener("focusout", () => { this.#typing = null; });
    this.addEventListener("change", (event) => { if (event.target !== this) this.#changed(event); });
    this.addEventListener("input", (event) => this.#typed(event.target));
  }

  /** Make the questions' controls. Asked again after the state changed the questions, those that stay keep theirs. */
  ask() {
    const before = new Map(this.asked.map((each) => [each.question.id, each]));
    this.asked = this.questions().map((question) => before.get(question.id) ?? this.#made(question));
    const asked = new Set(this.asked);
    for (const each of before.values()) if (!asked.has(each)) each.element.remove();
    this.#show();
  }

  #made(question) {
    const each = { question, ...this.make(question) };
    this.place(question).append(each.element);
    return each;
  }

  actions() {
    const group = gettext("Answer");
    const most = Math.max(0, ...this.asked.map(({ question }) => question.points?.length ?? 0));
    const points = KEYS.slice(0, most).map((key, index) => (
      { id: `point.${index + 1}`, key, label: say("Answer %(number)s of the question", { number: index + 1 }), group, run: () => this.pick(index) }));
    return [
      ...points,
      { id: "point.left", key: "ArrowLeft", label: gettext("The answer to the left"), group, run: () => this.step(-1) },
      { id: "point.right", key: "ArrowRight", label: gettext("The answer to the right"), group, run: () => this.step(1) },
      ...this.moves(group),
    ];
  }

  moves(group) {
    if (this.asked.length < 2) return [];
    return [
      { id: "question.next", key: "J", label: gettext("Next question"), group, inLists: true, run: () => this.move(1) },
      { id: "question.back", key: "K", label: gettext("Question before"), group, inLists: true, run: () => this.move(-1) },
    ];
  }

  activate() {
    const first = this.visible.find((each) => !this.isAnswered(each)) ?? this.visible[0]; // a draft goes on where it ended
    if (first && !isText(first)) this.focusOn(first);
    else super.activate();
  }

  get visible() { return this.asked.filter(({ question }) => this.isShown(question)); }

  get current() {
    const { visible } = this;
    return visible.find((each) => each === this.#current) ?? visible.find((each) => !this.isAnswered(each)) ?? visible[0];
  }

  isAnswered({ question }) {
    const value = this.state[question.id];
    return value !== undefined && !(Array.isArray(value) && !value.length);
  }

  /** Answer the current question with its point at `index`. */
  pick(index) {
    const { current } = this;
    const point = current?.question.points?.[index];
    if (!point || this.readonly) return;
    if (current.question.kind === "many") {
      const chosen = new Set(this.state[current.question.id] ?? []);
      if (!chosen.delete(point.value)) chosen.add(point.value);
      this.answer(current, current.question.points.map((each) => each.value).filter((value) => chosen.has(value)));
      this.focusOn(current, index);
      return;
    }
    const again = !current.question.required && this.state[current.question.id] === point.value;
    this.answer(current, again ? undefined : point.value); // what is optional is taken back by the same key
    this.focusOn(current, index);
    if (!again) this.advance();
  }

  /** Move the current answer along its scale, as it is seen. */
  step(by) {
    const { current } = this;
    if (!current?.question.points || current.question.kind !== "one" || this.readonly) return;
    const { points, id } = current.question;
    const ahead = getComputedStyle(current.element).direction === "rtl" ? -by : by;
    const at = points.findIndex((point) => point.value === this.state[id]);
    const to = at < 0 ? (ahead > 0 ? 0 : points.length - 1) : Math.min(points.length - 1, Math.max(0, at + ahead));
    this.answer(current, points[to].value);
    this.focusOn(current, to);
  }

  move(by) {
    const { visible } = this;
    const at = visible.indexOf(this.current);
    const next = visible[Math.min(visible.length - 1, Math.max(0, at + by))];
    if (next) this.focusOn(next);
  }

  /** Go on to the next question without an answer; an optional text is passed over. */
  advance() {
    const { visible } = this;
    const at = visible.indexOf(this.current);
    const waits = (each) => !this.isAnswered(each) && (each.question.required || !isText(each));
    const next = visible.slice(at + 1).find(waits) ?? visible.slice(0, at).find((each) => waits(each) && each.question.required);
    if (next) this.focusOn(next);
  }

  focusOn(each, index = each.inputs.findIndex((input) => input.checked)) {
    this.#current = each;
    this.#mark();
    each.inputs[Math.max(0, index)]?.focus({ preventScroll: true });
    if (each.element.isConnected) each.element.scrollIntoView({ block: "nearest" });
  }

  answer({ question }, value) {
    const point = question.points?.find((each) => each.value === value);
    const text = question.kind === "many" ? (value ?? []).map((one) => question.points.find((each) => each.value === one).label).join(", ") || say("Nothing chosen") : point?.name ?? point?.label ?? "";
    this.assign({ [question.id]: value }, `${question.label}: ${text}`);
  }

  /** Change the state, as one command. */
  assign(patch, announced = "") {
    const before = this.state;
    const after = { ...before, ...patch };
    if (Object.keys(patch).every((id) => same(before[id], patch[id]))) return;
    this.#typing = null;
    this.history.run({ apply: () => this.become(after, announced), invert: () => this.become(before, say("Undone")) });
  }

  become(state, announced = "") {
    this.state = state;
    this.#show();
    this.showProblems([]);
    this.fire("change");
    if (announced) this.fire("announce", { text: announced });
  }

  /** Show a stored answer: no command, nothing fired. */
  load(state) {
    this.state = state;
    this.#typing = null;
    this.#show();
    this.showProblems([]);
    this.history.clear();
  }

  #show() {
    for (const each of this.asked) {
      each.write(this.state[each.question.id]);
      each.element.hidden = !this.isShown(each.question);
    }
    this.shown();
    this.#mark();
  }

  /** The state was put on the page. */
  shown() {}

  #mark() {
    const { current } = this;
    for (const each of this.asked) each.element.classList.toggle("is-current", each === current);
  }

  /** What is missing, question by question. */
  problems() {
    return this.visible.flatMap((each) => {
      const why = this.problemOf(each);
      return why ? [{ path: each.question.id, message: `${this.nameOf(each.question)}: ${why}` }] : [];
    });
  }

  /** What tells a question from all others. */
  nameOf(question) { return question.label; }

  problemOf(each) {
    const { question } = each;
    const value = this.state[question.id];
    if (isText(each)) return lengthProblem(typeof value === "string" ? value.trim() : value, question);
    return question.required && !this.isAnswered(each) ? say("not answered yet") : "";
  }

  showProblems(problems) {
    super.showProblems(problems);
    const named = new Set(problems.map((problem) => problem.path));
    for (const { question, element } of this.asked) element.classList.toggle("is-wrong", named.has(question.id));
    const first = this.visible.find(({ question }) => named.has(question.id));
    if (first && this.isConnected) this.focusOn(first);
  }

  #of(target) {
    const id = target.closest?.("[data-question]")?.dataset.question;
    return this.asked.find(({ question }) => question.id === id);
  }

  #focused(target) {
    const each = this.#of(target);
    if (each) this.#current = each;
    this.#mark();
  }

  #keyed(event) {
    this.#pointer = false;
    if (event.key !== "Escape" || event.isComposing) return;
    const each = this.#of(event.target);
    if (!each || each.question.points && !isText(each)) return; // on radio buttons every key works as it is
    event.preventDefault();
    const others = this.visible.filter((other) => other.question.points && !isText(other));
    const next = others.find((other) => !this.isAnswered(other)) ?? others[0];
    if (next) this.focusOn(next);
    else this.part("document").focus({ preventScroll: true });
  }

  #changed(event) {
    const each = this.#of(event.target);
    if (!each) return;
    event.stopPropagation(); // ours is fired once the answer has changed
    if (isText(each)) return;
    const byPointer = this.#pointer;
    this.answer(each, each.read()); // the browser has ticked it already; the command ticks it once more
    if (byPointer && each.question.kind === "one") this.advance();
  }

  #typed(target) {
    const each = this.#of(target);
    if (!each || !isText(each)) return;
    const { id } = each.question;
    const value = this.readText(each);
    if (this.#typing?.id === id) {
      this.#typing.after = { ...this.state, [id]: value };
      this.become(this.#typing.after);
      return;
    }
    const typing = { id, after: { ...this.state, [id]: value } };
    const before = this.state;
    this.history.run({ apply: () => this.become(typing.after), invert: () => { this.#typing = null; this.become(before, say("Undone")); } });
    this.#typing = typing;
  }

  readText(each) { return each.read(); }

  release() { this.viewport?.release(); }
}

export function isText({ question }) {
  return ["text", "input", "pair"].includes(question.kind);
}

function lengthProblem(value, { required, rule = {} }) {
  if (value === undefined || value === "") return required ? say("not answered yet") : "";
  const length = [...String(value)].length;
  if (rule.min_chars && length < rule.min_chars) return say("write at least %(count)s characters", { count: rule.min_chars });
  return "";
}

function same(a, b) {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.join("\n") === b.join("\n"));
}
