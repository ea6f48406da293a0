// The review page: one task at a time, by keyboard. The next ones are taken and drawn ahead.
import { announce } from "../announce.js";
import { listen, setKeys, setScope } from "../keys.js";
import { number, say, sayMany } from "../text.js";
import { showPalette } from "../ui/palette.js";
import { onPreferences, startPreferences } from "../ui/preferences.js";
import { showShortcuts } from "../ui/shortcuts.js";
import { Guide } from "../workbench/guide.js";
import { Notices } from "../workbench/notices.js";
import { showSettings } from "../workbench/settings.js";
import { Timer } from "../workbench/timer.js";
import { Veil } from "../workbench/veil.js";
import { askReason } from "./reasons.js";
import { Refused, Server } from "./server.js";
import { Side } from "./side.js";
import { CONSENSUS, Stage } from "./stage.js";

const AHEAD = 2;
const HEARTBEAT_MS = 60_000;
const REMEMBERED = 20;
const AGAIN_MS = 5000;
const WHILE_FIXING = ["guideline", "veil.hold", "veil.lift", "settings", "shortcuts", "palette"];

const config = JSON.parse(document.getElementById("review-config").textContent);
const bar = (name) => document.querySelector(`[data-bar="${name}"]`);

class Reviewing {
  current = null; // { stage, verdict, value, reason, rejected, shown, over, differences, activeMs }
  #ready = [];
  #past = []; // { id, entry }: what was decided here, oldest first
  #fetching = null;
  #timer;
  #left = null;
  #isFixing = false;

  async start() {
    this.place = document.getElementById("review-stage");
    this.server = new Server(config);
    startPreferences(config.preferences, { uid: config.uid, save: (changes) => this.server.preferences(changes) });
    onPreferences(({ keys }) => setKeys(keys));
    this.template = document.getElementById(`widget-${config.type}`);
    this.guide = new Guide(config.uid);
    this.notices = new Notices();
    this.timer = new Timer();
    this.veil = new Veil();
    this.side = new Side({ ...config, onChoose: (key) => this.choose(key), onOver: (key) => this.point(key) });
    this.server.onState = (state) => this.#saved(state);
    this.server.onSignedOut = () => this.notices.signedOut(config.signInUrl, () => this.#fill());
    this.place.addEventListener("announce", (event) => announce(event.detail.text));
    this.commands = this.#commands();
    for (const { id, run } of this.commands) {
      for (const button of document.querySelectorAll(`[data-command="${id}"]`)) button.addEventListener("click", () => run());
    }
    document.querySelector('[data-command="review.leave-fix"]').addEventListener("click", () => this.leaveFix());
    listen();
    addEventListener("pagehide", () => this.server.leave([this.current, ...this.#ready].filter(Boolean).map((each) => each.stage.review.id)));
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    setInterval(() => this.#fill(true), HEARTBEAT_MS);
    document.body.dataset.mode = "none";
    this.#scope();
    ({ default: this.Widget } = await import(config.widgetModule));
    await this.server.arrive();
    await this.#fill();
  }

  #commands() {
    const review = gettext("Review");
    const page = gettext("Page");
    return [
      { id: "review.accept", key: "1", label: gettext("Accept the consensus"), run: () => this.accept(), group: review },
      { id: "review.fix", key: "2", label: gettext("Fix: give the right answer"), run: () => this.fix(), group: review },
      { id: "review.reject", key: "3", label: gettext("Reject the answer shown alone, or ask again"), run: () => this.reject(), group: review },
      { id: "review.next", key: "Enter", also: ["Ctrl+Enter"], label: gettext("Send the verdict, next task"), run: () => this.next(), group: review },
      { id: "review.undo", key: "Z", also: ["Ctrl+Z"], label: gettext("Undo the choice, or the last verdict"), run: () => this.undo(), group: review },
      { id: "review.differences", key: "D", label: gettext("Only what differs from the consensus"), run: () => this.toggleDifferences(), group: review },
      { id: "review.answer.next", key: "J", also: ["ArrowDown"], label: gettext("Next answer, alone"), run: () => this.step(1), group: review },
      { id: "review.answer.previous", key: "K", also: ["ArrowUp"], label: gettext("Answer before, alone"), run: () => this.step(-1), group: review },
      { id: "review.all", key: "Escape", label: gettext("All answers at once"), run: () => this.choose(null), group: review },
      { id: "guideline", key: "I", label: gettext("Guideline and examples"), run: () => this.guide.toggle(), group: page },
      ...this.veil.actions(page),
      { id: "settings", key: "", label: gettext("Your settings: veil, keys, language"), run: () => showSettings(config, showShortcuts), group: page },
      { id: "shortcuts", key: "?", label: gettext("Keyboard shortcuts"), run: showShortcuts, group: page },
      { id: "palette", key: "Ctrl+K", label: gettext("Command palette"), run: showPalette, group: page, inFields: true },
    ];
  }

  /** While an answer is fixed its widget has the keys; here only what sends or leaves it. */
  #scope() {
    if (!this.#isFixing) {
      setScope("workbench", this.commands);
      setScope("task", this.current?.stage.actions() ?? []);
      return;
    }
    const { editor } = this.current.stage;
    const group = gettext("Review");
    setScope("workbench", [
      { id: "review.next", key: "Enter", label: gettext("Send this answer, next task"), run: () => this.next(), group },
      { id: "review.next.anywhere", key: "Ctrl+Enter", label: gettext("Send, from a text field too"), run: () => this.next(), group, inFields: true },
      { id: "review.undo", key: "Z", also: ["Ctrl+Z"], label: gettext("Undo"), run: () => editor.undo(), group },
      { id: "review.redo", key: "Shift+Z", also: ["Ctrl+Shift+Z"], label: gettext("Redo"), run: () => editor.redo(), group },
      { id: "review.leave-fix", key: "Escape", label: gettext("Leave as it was"), run: () => this.leaveFix(), group },
      ...this.commands.filter(({ id }) => WHILE_FIXING.includes(id)),
    ]);
    setScope("task", editor.actions());
  }

  // --- tasks ---------------------------------------------------------------------------------------------------------

  async #fill(beat = false) {
    if (this.#fetching) return this.#fetching;
    const held = [this.current, ...this.#ready].filter(Boolean).map((each) => each.stage.review.id);
    const want = Math.max(0, AHEAD + 1 - held.length);
    if (!want && !beat) return undefined;
    this.#fetching = this.#fetch(want, [...held, ...this.server.undecided]).finally(() => { this.#fetching = null; });
    return this.#fetching;
  }

  async #fetch(want, have) {
    clearTimeout(this.#timer);
    let reply;
    try {
      reply = await this.server.next({ want, have });
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return this.notices.signedOut(config.signInUrl, () => this.#fill());
      console.warn(error);
      this.#timer = setTimeout(() => this.#fill(), AGAIN_MS);
      return undefined;
    }
    this.#left = reply.left;
    for (const review of reply.reviews) this.#ready.push(await this.#entry(review, reply.projects));
    if (!this.current) this.#show(this.#ready.shift() ?? null);
    if (!this.current && reply.left) { // others were quicker just now
      this.notices.view(this.place, "loading");
      this.#timer = setTimeout(() => this.#fill(), AGAIN_MS);
    }
    this.#draw();
    return undefined;
  }

  async #entry(review, projects) {
    const project = projects[`${review.project}.${review.schema_version}`];
    const stage = await new Stage({ review, project, Widget: this.Widget, template: this.template, place: this.place }).prepare();
    return { stage, verdict: "", value: null, reason: null, rejected: new Map(), shown: null, over: null, differences: false, activeMs: 0 };
  }

  #show(entry) {
    this.current?.stage.release();
    this.current = entry;
    this.#isFixing = false;
    document.body.dataset.mode = entry ? "look" : "none";
    this.#veil();
    if (!entry) {
      this.side.place.hidden = true;
      this.notices.view(this.place, "empty");
    } else {
      const { config: schema } = entry.stage.project;
      this.side.labels = new Map([...(schema.options ?? []), ...(schema.labels ?? [])].map((one) => [one.value, one.label ?? one.value]));
      this.#draw();
      entry.stage.colors = this.#colors(entry.stage);
      entry.stage.view = { shown: entry.shown, over: null, differences: entry.differences };
      entry.stage.show();
      this.#veil();
      this.#focus();
      this.timer.start(entry.activeMs);
      this.guide.show(entry.stage.project, (project) => this.#risks(project));
    }
    this.#scope();
    this.#draw();
  }

  /** Before a task is put on the page, so that its first frame is veiled; and once more when it is there, to be told of. */
  #veil() {
    const { current } = this;
    if (current) Object.assign(current, { project: current.stage.project, element: current.stage.editor ?? current.stage.item });
    this.veil.show(current);
    bar("risks").hidden = !current?.project.content_risks?.length;
    bar("risks").title = current ? this.#risks(current.project) : "";
  }

  #risks(project) { return (project.content_risks ?? []).map((name) => config.risks[name] ?? name).join(", "); }

  #focus() { document.getElementById("main").focus({ preventScroll: true }); }

  /** The answers' colours as the theme has them now. */
  #colors(stage) {
    return Object.fromEntries(stage.layers.map(({ key }) => [key, getComputedStyle(document.querySelector(`#card-${key} .swatch`)).borderTopColor]));
  }

  #name(entry) {
    const { review } = entry.stage;
    const label = this.side.list.querySelector(`#card-${CONSENSUS} .answer-words`)?.textContent ?? gettext("none");
    return say("Task %(id)s, %(count)s answers, consensus: %(label)s.", { id: review.task, count: review.answers.length, label });
  }

  // --- looking -------------------------------------------------------------------------------------------------------

  choose(key) {
    const { current } = this;
    if (!current || this.#isFixing) return;
    current.shown = key;
    this.#look();
    const card = this.side.list.querySelector("[aria-selected=true]");
    card?.scrollIntoView({ block: "nearest" });
    if (card) announce([...card.children].filter((each) => each.tagName !== "PROGRESS").map((each) => each.textContent).join(", "));
  }

  step(by) {
    if (!this.current) return;
    const keys = [null, ...this.current.stage.layers.map(({ key }) => key)].filter((key) => key === null || !this.side.list.querySelector(`#card-${key}`)?.hidden);
    const at = keys.indexOf(this.current.shown);
    this.choose(keys[(at + by + keys.length) % keys.length]);
  }

  point(key) {
    if (!this.current || this.#isFixing || this.current.over === key) return;
    this.current.over = key;
    this.current.stage.look({ shown: this.current.shown, over: key, differences: this.current.differences });
  }

  toggleDifferences() {
    if (!this.current) return;
    this.current.differences = !this.current.differences;
    this.#look();
    announce(this.current.differences ? say("Only what differs is shown.") : say("Everything is shown."));
  }

  #look() {
    const { shown, over, differences, stage } = this.current;
    this.#draw();
    stage.look({ shown, over, differences });
  }

  // --- judging -------------------------------------------------------------------------------------------------------

  accept() {
    const { current } = this;
    if (!current) return;
    if (!current.stage.review.consensus) return void this.#toast(say("There is no consensus to accept. Fix it, or ask again."));
    this.#judge(current.verdict === "accept" ? "" : "accept");
  }

  fix() {
    const { current } = this;
    if (!current || this.#isFixing) return;
    const alone = current.stage.layers.find(({ key }) => key === current.shown);
    this.#isFixing = true;
    document.body.dataset.mode = "fix";
    current.stage.fix(structuredClone(alone?.value ?? current.stage.review.consensus?.value ?? null));
    this.#veil();
    this.#scope();
    this.#draw();
    announce(say("Change the answer, then send it with Enter. Escape leaves it as it was."));
  }

  leaveFix() {
    if (!this.#isFixing) return;
    this.#isFixing = false;
    document.body.dataset.mode = "look";
    this.current.stage.show();
    this.#veil();
    this.#focus();
    this.#scope();
    this.#draw();
  }

  /** The answer that is shown alone, or the whole: then the task is asked again. */
  async reject() {
    const { current } = this;
    if (!current) return;
    const { review } = current.stage;
    const answer = review.answers.find(({ id }) => id === current.shown);
    if (review.stage === "second") return void this.#toast(say("A blind second review accepts or fixes."));
    if (!answer) return current.verdict === "reject" ? this.#judge("") : this.#askAgain();
    if (current.rejected.delete(answer.id)) return this.#draw();
    if (!answer.may_reject) return void this.#toast(say("This answer is exported: what was delivered is not taken back."));
    const given = await askReason(say("Why is answer %(letter)s rejected?", { letter: current.stage.layers.find(({ key }) => key === answer.id).letter }),
      say("Its annotator sees the reason and may fix the answer first."), config.reasons);
    if (given) current.rejected.set(answer.id, given);
    return this.#draw();
  }

  async #askAgain() {
    const given = await askReason(say("Why is the task asked again?"), say("One more person is asked. To return an answer to its annotator, choose it with J or K first."), config.reasons);
    if (!given) return;
    this.current.reason = given;
    this.#judge("reject");
  }

  #judge(verdict) {
    this.current.verdict = verdict;
    this.#draw();
    announce({ accept: say("Accepted. Enter sends it."), reject: say("Asked again. Enter sends it."), "": say("No verdict.") }[verdict]);
  }

  async next() {
    const { current } = this;
    if (!current) return;
    if (this.#isFixing) {
      const { editor } = current.stage;
      const problems = editor.problems();
      editor.showProblems(problems);
      if (problems.length) return;
      Object.assign(current, { verdict: "fix", value: editor.value() });
    } else if (!current.verdict) {
      if (!current.rejected.size) return void this.#toast(say("Choose first: 1 accepts, 2 fixes, 3 rejects."));
      current.verdict = "reject";
    }
    current.activeMs = this.timer.milliseconds;
    const decision = this.#decision(current);
    this.#past = [...this.#past, { id: current.stage.review.id, entry: current }].slice(-REMEMBERED);
    this.#show(this.#ready.shift() ?? null);
    announce(`${say("Sent.")} ${this.current ? this.#name(this.current) : say("Nothing left in this list")}${this.current && this.veil.isDown ? ` ${this.veil.words}` : ""}`);
    current.sent = this.#send(current, decision);
    await this.#fill();
  }

  #decision({ stage, verdict, value, reason, rejected, activeMs }) {
    const rejections = [...rejected].map(([answer, why]) => ({ answer, ...why }));
    const given = { accept: stage.review.consensus?.value, fix: value }[verdict] ?? null;
    return { verdict, value: given, ...(verdict === "reject" && !rejections.length ? reason : {}), rejections, active_ms: activeMs };
  }

  async #send(entry, decision) {
    try {
      const reply = await this.server.decide(entry.stage.review.id, decision);
      if (reply.held) this.#toast(sayMany("%(count)s rejection waits for a second reviewer.", "%(count)s rejections wait for a second reviewer.", reply.held));
    } catch (error) {
      console.warn(error);
      this.#past = this.#past.filter((each) => each.entry !== entry);
      this.#toast(say("A verdict on task %(id)s was not taken: %(why)s", { id: entry.stage.review.task, why: error.message }));
    }
  }

  // --- taking back ---------------------------------------------------------------------------------------------------

  async undo() {
    const { current } = this;
    if (this.#isFixing) return void current.stage.editor.undo();
    if (current && (current.verdict || current.rejected.size)) {
      current.rejected.clear();
      return this.#judge("");
    }
    const last = this.#past.pop();
    if (!last) return void this.#toast(say("Nothing to undo here."));
    await last.entry.sent;
    let reply;
    try {
      reply = await this.server.undo(last.id);
    } catch (error) {
      return void this.#toast(say("It cannot be taken back: %(why)s", { why: error.message }));
    }
    const entry = await this.#entry(reply.reviews[0], reply.projects);
    const before = this.current;
    this.#show(entry);
    if (before) this.#ready.unshift(Object.assign(before, { stage: await before.stage.prepare() }));
    this.#draw();
    announce(say("Taken back."));
    return undefined;
  }

  // --- showing what is so --------------------------------------------------------------------------------------------

  #toast(text) {
    return this.notices.toast(text);
  }

  #saved(state) {
    bar("state").dataset.state = state;
    const text = { saved: say("Saved"), sending: say("Sending"), offline: say("Reconnecting") }[state];
    if (bar("state-text").textContent !== text) bar("state-text").textContent = text;
  }

  #draw() {
    const { current } = this;
    bar("task").hidden = !current;
    bar("stage").hidden = !current || current.stage.review.stage === "first";
    bar("left").textContent = this.#left === null ? "" : sayMany("%(count)s left", "%(count)s left", this.#left + this.#ready.length + (current ? 1 : 0));
    bar("next").textContent = this.#ready.length ? say("Next task ready") : "";
    bar("figure").textContent = "";
    if (!current) return;
    const { review } = current.stage;
    bar("task").textContent = say("Task %(id)s", { id: review.task });
    bar("stage").textContent = { second: say("Blind second review"), third: say("Two reviewers differ") }[review.stage] ?? "";
    const answers = sayMany("%(count)s answer", "%(count)s answers", review.answers.length);
    const agreement = review.consensus?.agreement;
    bar("figure").textContent = agreement == null ? answers : `${answers} · ${say("agreement %(value)s", { value: number(Math.round(agreement * 100) / 100) })}`;
    bar("enter").textContent = this.#isFixing ? say("Send this answer") : current.verdict || current.rejected.size ? say("Send, next") : say("Next");
    this.side.draw({ stage: current.stage, rejected: current.rejected, shown: current.shown, differences: current.differences });
    const pressed = { accept: current.verdict === "accept", fix: this.#isFixing, reject: current.verdict === "reject" || current.rejected.has(current.shown), differences: current.differences };
    for (const [name, isPressed] of Object.entries(pressed)) document.querySelector(`[data-command="review.${name}"]`).ariaPressed = String(isPressed);
  }
}

new Reviewing().start();
