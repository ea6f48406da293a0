// The workbench: shows a task, takes its answer, shows the next. Everything slow happens after the frame.
import { announce } from "../announce.js";
import { holdKeys, listen, onKeys, setKeys, setScope } from "../keys.js";
import { say } from "../text.js";
import { onPreferences, startPreferences } from "../ui/preferences.js";
import { Bar } from "./bar.js";
import { Breaks } from "./breaks.js";
import { Drafts } from "./drafts.js";
import { Feedback, isTold } from "./feedback.js";
import { Guide } from "./guide.js";
import { Notices } from "./notices.js";
import { Outbox } from "./outbox.js";
import { commands } from "./commands.js";
import { ContentRisk } from "./content_risk.js";
import { openLinked } from "./linked.js";
import { LostKeys } from "./lost_keys.js";
import { Queue } from "./queue.js";
import { Session } from "./session.js";
import { openDatabase } from "./store.js";
import { Sync } from "./sync.js";
import { Timer } from "./timer.js";
import { Veil } from "./veil.js";

const config = JSON.parse(document.getElementById("workbench-config").textContent);
const REMEMBERED = 10;
const EMPTY_S = [5, 10, 20, 40, 60];

const afterFrame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

class Workbench {
  current = null;
  recent = []; // { id, entry, answer, answerId }: what was submitted here, oldest first
  #empty = 0;
  #emptyTimer;

  async start() {
    this.config = config;
    this.stage = document.getElementById("stage");
    this.lost = new LostKeys(this.stage);
    startPreferences(config.preferences, { uid: config.uid, save: (changes) => this.session.preferences(changes) });
    this.bar = new Bar();
    this.notices = new Notices();
    this.guide = new Guide(config.uid, async (task, value) => (await this.queue.build(task, { value, readonly: true })).element);
    this.timer = new Timer();
    this.breaks = new Breaks({ uid: config.uid, minutes: config.breakMinutes, timer: this.timer, notices: this.notices });
    setInterval(() => this.bar.time(this.timer), 1000);
    this.risk = new ContentRisk(config);
    this.veil = new Veil();
    this.veil.isTold = (project) => this.risk.isTold(project);
    const database = await openDatabase(config.uid);
    this.session = new Session(config);
    onPreferences(({ keys }) => {
      setKeys(keys);
      this.current?.element.suggestion?.update(); // it names its keys
    });
    this.outbox = new Outbox(database);
    this.drafts = new Drafts(database, this.session);
    this.drafts.onRefused = (why) => this.notices.toast(why);
    this.queue = new Queue({ config, drafts: this.drafts });
    this.queue.onReady = () => this.#filled();
    this.feedback = new Feedback({
      stage: this.stage,
      build: async (task, value) => (await this.queue.build(task, { value, readonly: true })).element,
      goOn: () => this.#goOn(),
    });
    this.sync = new Sync({
      session: this.session, outbox: this.outbox, queue: this.queue,
      uid: config.uid, project: config.project, largest: config.largestBody, showing: () => Boolean(this.current),
    });
    this.sync.onReply = (reply, asked) => this.#replied(reply, asked);
    this.sync.onSettled = (news) => this.#settled(news);
    this.sync.onState = (state) => this.bar.state(state);
    this.sync.onSignedOut = () => this.notices.signedOut(config.signInUrl, () => this.sync.kick());
    this.stage.addEventListener("change", () => this.#changed());
    this.stage.addEventListener("announce", (event) => announce(event.detail.text));
    setScope("workbench", commands(this));
    onKeys((...pressed) => this.#isLost(...pressed));
    listen();
    addEventListener("pagehide", () => {
      this.session.leave(this.queue.unstarted);
      this.queue.letAllGo();
    });
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    this.bar.task(null);
    await this.recount();
    await openLinked(this);
    this.sync.kick();
  }

  /** What was read before something was added is not shown after it: "Saved" would be said too early. */
  async recount() {
    const { added } = this.bar;
    const counts = await this.outbox.counts();
    if (added === this.bar.added) this.bar.counts(counts);
  }

  // --- showing ---------------------------------------------------------------------------------------------------

  show(entry) {
    this.current = entry;
    this.veil.show(entry);
    if (entry) {
      clearTimeout(this.#emptyTimer);
      this.#empty = 0;
      entry.started = true;
      this.stage.replaceChildren(entry.element);
      this.lost.shown();
      setScope("task", entry.element.actions());
      this.timer.start(entry.activeMs);
      entry.element.suggestion?.update(); // it names its keys, which may have changed since it was made
      this.#enter(entry);
    } else {
      setScope("task", []);
      this.notices.view(this.stage, this.queue.coming ? "loading" : "waiting");
      document.getElementById("main").focus({ preventScroll: true });
    }
    this.bar.task(entry);
    this.guide.show(entry?.project ?? null, (project) => this.risk.inWords(project));
    this.bar.ready(this.queue.length);
    this.risk.tell(entry?.project, () => {
      this.veil.draw();
      if (this.current) this.#enter(this.current);
    });
  }

  /** Into the task; not into a field whose text is veiled, as work in it shows it. */
  #enter({ element }) {
    if (this.veil.isDown && element.querySelector("[data-material]")) element.part("document").focus({ preventScroll: true });
    else element.activate();
  }

  #named({ task, element }) {
    const parts = [say("Task %(id)s", { id: task.task })];
    if (element.suggestion?.isOpen) parts.push(say("With a suggestion."));
    if (this.veil.isDown) parts.push(this.veil.words);
    return parts.length > 1 ? `${parts[0]}. ${parts.slice(1).join(" ")}` : parts[0];
  }

  next() {
    this.show(this.queue.take() ?? null);
  }

  /** Put another task in front; the one on screen waits with what was done on it. */
  showInstead(entry) {
    if (this.current) {
      this.current.activeMs = this.timer.milliseconds;
      this.queue.putBack(this.current);
    }
    this.show(entry);
  }

  #filled() {
    if (!this.current && !this.feedback.isOpen && this.queue.length) {
      this.next();
      announce(this.#named(this.current));
    }
    this.bar.ready(this.queue.length);
  }

  #isLost(event, isWork, action) {
    const isLost = this.lost.take(event, { isWork, action, current: this.current });
    if (isLost) this.notices.toast(say("The next task was not on the screen yet: what you pressed was not taken."));
    return isLost;
  }

  #changed() {
    const { current } = this;
    if (current) current.isTouched = true;
    if (current && !current.correction) this.drafts.change(current.task.assignment, current.element.value());
  }

  // --- answering -------------------------------------------------------------------------------------------------

  async submit() {
    const { current } = this;
    if (this.feedback.isOpen) this.feedback.close();
    if (!current) return;
    const problems = current.element.problems();
    current.element.showProblems(problems);
    if (problems.length) return; // the list beside the question is an alert: it speaks for itself
    const answer = current.element.value();
    const accepted = current.element.suggestion?.settle();
    const entry = this.#answerEntry(current, answer);
    this.drafts.halt(current.task.assignment);
    const saved = this.outbox.put(entry);
    this.recent = [...this.recent, { id: entry.id, entry: current, answer, answerId: null }].slice(-REMEMBERED);
    this.bar.adding();
    this.next();
    await this.lost.until(afterFrame());
    try {
      await saved;
    } catch (error) {
      console.error(error);
      this.recent = this.recent.filter((each) => each.id !== entry.id);
      this.showInstead(current);
      this.#changed();
      this.notices.toast(say("This device could not keep the answer: its storage may be full. It is still on screen."));
      return;
    }
    await this.#sent(current, entry);
    const next = this.current ? this.#named(this.current) : "";
    announce(`${accepted ? say("Accepted as suggested and submitted.") : say("Submitted.")} ${next}`);
    this.notices.undo(accepted ? say("Accepted as suggested") : say("Submitted"), () => this.undoSubmit());
  }

  #answerEntry(current, answer) {
    const { task, correction } = current;
    const id = crypto.randomUUID();
    const body = { id, assignment: task.assignment, schema_version: task.schema_version, answer, active_ms: this.timer.milliseconds };
    const entry = { id, kind: "answer", body, at: Date.now(), tries: 0, state: "waiting" };
    if (correction?.answerId != null) body.supersedes = correction.answerId;
    else if (correction?.after) entry.after = correction.after;
    return entry;
  }

  /** The entry is on disk: clear up behind it, and let it go out. */
  async #sent(current, entry) {
    const first = entry.after && this.recent.find((each) => each.id === entry.after);
    if (first?.answerId != null) { // settled while the correction was being written
      delete entry.after;
      entry.body.supersedes = first.answerId;
      await this.outbox.put(entry);
    }
    if (current.replaces) await this.outbox.remove(current.replaces);
    const stands = entry.kind === "skip" || this.recent.some((each) => each.id === entry.id); // else undone, and a draft again
    if (stands && !current.correction) await this.drafts.drop(current.task.assignment);
    await this.recount();
    this.sync.kick();
  }

  async skip({ reason, note }) {
    const { current } = this;
    if (!current || current.correction) return;
    const body = { assignment: current.task.assignment, reason, ...(note && { note }) };
    const entry = { id: crypto.randomUUID(), kind: "skip", body, at: Date.now(), tries: 0, state: "waiting" };
    this.drafts.halt(current.task.assignment);
    this.bar.adding();
    const saved = this.outbox.put(entry);
    this.next();
    announce(say("Skipped."));
    try {
      await saved;
    } catch (error) {
      console.error(error);
      this.showInstead(current);
      this.#changed();
      this.notices.toast(say("This device could not keep the skip: its storage may be full. The task is still on screen."));
      await this.recount();
      return;
    }
    await this.#sent(current, entry);
  }

  /** Tell the requester something about the task; it stays on screen. */
  async comment({ kind, text }) {
    const { current } = this;
    if (!current) return;
    const id = crypto.randomUUID();
    const body = { id, assignment: current.task.assignment, kind, text };
    this.bar.adding({ isComment: true });
    try {
      await this.outbox.put({ id, kind: "comment", body, at: Date.now(), tries: 0, state: "waiting" });
    } catch (error) {
      console.error(error);
      this.notices.toast(say("This device could not keep the comment: its storage may be full."));
      await this.recount();
      return;
    }
    this.notices.toast(say("Your comment goes to the requester. A reply appears under your answers."));
    await this.recount();
    this.sync.kick();
  }

  // --- undoing and correcting --------------------------------------------------------------------------------------

  undo() {
    return this.current?.element.undo() || this.undoSubmit();
  }

  /** Reopen what was submitted last: taken back if it never left this device, else as a correction. */
  async undoSubmit() {
    this.notices.clear();
    const last = this.recent.pop();
    if (!last) {
      this.notices.toast(say("Nothing to undo here. Earlier answers are under “Earlier”."));
      return;
    }
    await holdKeys(() => this.#takeBack(last));
  }

  async #takeBack(last) {
    const correction = last.entry.correction;
    const taken = await this.outbox.takeBack(last.id);
    const entry = await this.queue.build(last.entry.task, { value: last.answer });
    entry.activeMs = last.entry.activeMs;
    entry.correction = taken ? correction : { answerId: last.answerId, after: last.id, first: last };
    if (entry.correction && !taken) this.recent.push(last); // still the one to name, when its answer arrives
    if (taken) this.queue.keep(entry.task.assignment);
    this.showInstead(entry);
    this.#changed(); // a draft again, which a reload must find
    await this.recount();
    announce(taken ? say("Taken back.") : say("Correcting your last answer."));
  }

  async correct(row, { note = "" } = {}) {
    await holdKeys(async () => {
      const entry = await this.queue.build(row, { value: row.answer });
      entry.correction = { answerId: row.answer_id, note };
      this.showInstead(entry);
    });
    announce(note ? say("Fixing a returned answer. %(note)s", { note }) : say("Correcting an earlier answer."));
  }

  /** Leave a correction as it was. */
  leaveCorrection() {
    if (!this.current?.correction) return;
    this.current.element.release();
    this.next();
    if (!this.current) this.sync.kick(); // opened by a link: nothing was fetched ahead
  }

  // --- what the server says ----------------------------------------------------------------------------------------

  async #replied(reply, { want }) {
    this.bar.state("saved");
    this.bar.session(reply.session);
    const entries = (await this.outbox.all()).filter((entry) => entry.kind !== "comment"); // a comment ends no task
    const waiting = new Set(entries.map((entry) => entry.body.assignment));
    Object.assign(this.queue.projects, reply.projects);
    const again = this.#offerAgain(reply.tasks, entries);
    this.queue.add(reply.tasks.filter((task) => !waiting.has(task.assignment)), again);
    await again;
    await this.recount();
    this.breaks.serverSays(reply.session.break_due);
    if (reply.release && config.release && reply.release !== config.release) this.notices.newRelease();
    if (!this.current && !this.feedback.isOpen && !this.queue.coming && want) this.#nothing(reply.session.limit?.reached);
  }

  /** The lesson is read: on with the next task, which came meanwhile. */
  #goOn() {
    this.next();
    if (this.current) announce(this.#named(this.current));
    else this.sync.kick();
  }

  #nothing(isLimit) {
    this.notices.view(this.stage, isLimit ? "limit" : "empty");
    document.getElementById("check-again")?.addEventListener("click", () => this.sync.kick());
    clearTimeout(this.#emptyTimer);
    const seconds = EMPTY_S[Math.min(this.#empty++, EMPTY_S.length - 1)] * (0.8 + Math.random() * 0.4);
    this.#emptyTimer = setTimeout(() => this.sync.kick(), seconds * 1000);
  }

  async #settled({ kind, result, assignment }) {
    if (kind === "comment") {
      if (result.status === "refused") this.notices.toast(say("A comment was not taken: %(why)s", { why: result.detail ?? "" }));
      await this.recount();
      return;
    }
    this.queue.letGo(assignment);
    if (kind === "skip") {
      if (result.status === "refused") this.notices.toast(say("A skip was not taken: %(why)s", { why: result.detail ?? "" }));
      await this.recount();
      return;
    }
    const sent = this.recent.find((each) => each.id === result.id);
    if (sent && result.answer_id != null) sent.answerId = result.answer_id;
    if (this.current?.correction?.after === result.id) this.current.correction.answerId = result.answer_id ?? null;
    if (sent && !this.current && isTold(result.feedback)) await this.feedback.show(result.feedback, sent.entry, sent.answer);
    if (result.status === "invalid" && sent) await this.#reopen(sent, result.problems ?? []);
    else if (result.status === "refused") this.notices.toast(say("An answer was not taken: %(why)s", { why: result.detail ?? "" }));
    await this.recount();
  }

  /** Tasks whose answers were found invalid before the page was loaded: they come up with those answers. */
  async #offerAgain(tasks, entries) {
    for (const { id, kind, invalid, detail, body } of entries) {
      const task = kind === "answer" && invalid && tasks.find((each) => each.assignment === body.assignment);
      if (!task || this.queue.held.includes(task.assignment)) continue;
      await this.#reopen({ id, answer: body.answer, entry: { task, correction: null } }, [{ path: "", message: detail }]);
    }
  }

  /** The server found a fault the page did not: the task comes up next, with the message. */
  async #reopen(sent, problems) {
    this.queue.keep(sent.entry.task.assignment);
    this.recent = this.recent.filter((each) => each !== sent);
    const entry = await this.queue.build(sent.entry.task, { value: sent.answer });
    entry.replaces = sent.id;
    entry.started = true;
    entry.correction = sent.entry.correction;
    entry.element.showProblems(problems);
    this.queue.putBack(entry);
    this.notices.toast(say("An answer was not accepted. It comes up again next, with the reason."));
    if (!this.current) this.next();
  }
}

new Workbench().start();
