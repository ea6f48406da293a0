// Unfinished answers: on this device soon after a change, on the server a little later. The higher sequence number wins.
import { say } from "../text.js";
import { Farewell } from "./farewell.js";
import { Refused } from "./session.js";
import { read, write } from "./store.js";

const HERE_MS = 250;
const THERE_MS = 5000;

export class Drafts {
  #database;
  #farewell;
  #session;
  #pending = null; // { assignment, seq, value, sent }
  #here;
  #there = null;
  #sending = null; // { assignment, abort } of the last one sent
  #told = null; // the assignment whose draft the server does not take, once that was said
  #tooLarge = null;
  onRefused = () => {};

  constructor(database, session) {
    this.#database = database;
    this.#farewell = new Farewell(`${database.name}-draft`);
    this.#session = session;
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.flush({ leaving: true }); });
    addEventListener("pagehide", () => this.flush({ leaving: true }));
  }

  change(assignment, value) {
    if (this.#pending && this.#pending.assignment !== assignment) this.flush(); // nothing of the task before is left to wait
    const seq = Math.max(Date.now(), (this.#pending?.seq ?? 0) + 1);
    this.#pending = { assignment, seq, value, sent: false };
    clearTimeout(this.#here);
    this.#here = setTimeout(() => this.#keep(), HERE_MS);
    this.#there ??= setTimeout(() => this.flush(), THERE_MS); // whoever never pauses is saved all the same
  }

  #keep() {
    const draft = this.#pending;
    if (!draft) return;
    const { assignment, seq, value } = draft;
    write(this.#database, "drafts", (store) => store.put({ assignment, seq, value }))
      .then(() => this.#farewell.forget(assignment, seq))
      .catch((error) => console.warn("draft not kept", error));
  }

  /** Send what is waiting. A draft that fails is no loss: it is on this device, and the next change sends anew. */
  flush({ leaving = false } = {}) {
    clearTimeout(this.#there);
    this.#there = null;
    const draft = this.#pending;
    if (draft && leaving) this.#farewell.keep(draft);
    if (!draft || draft.sent) return;
    draft.sent = true;
    this.#keep();
    if (draft.assignment === this.#tooLarge) return;
    const abort = new AbortController();
    this.#sending = { assignment: draft.assignment, abort };
    this.#session.draft(draft.assignment, draft.seq, draft.value, { leaving, signal: abort.signal }).catch((error) => {
      if (error instanceof Refused) this.#refused(draft, error); // not sent once more until it is another
      else draft.sent = false;
    });
  }

  #refused({ assignment }, error) {
    console.warn("draft not taken by the server", error);
    if (this.#told === assignment) return;
    this.#told = assignment;
    if (error.status === 413) this.#tooLarge = assignment;
    const why = error.status === 413 ? say("it is too large") : error.message;
    this.onRefused(say("What you have done so far is kept on this device only, the server does not take it: %(why)s.", { why }));
  }

  /** The newer of the server's draft and this device's. */
  async newest(task) {
    const here = await read(this.#database, "drafts", (store) => store.get(task.assignment));
    const known = [task.draft, here, this.#farewell.of(task.assignment)].filter(Boolean);
    return known.reduce((one, other) => (other.seq > one.seq ? other : one), { seq: -1, value: null }).value;
  }

  /** The answer is given, and goes to the outbox: the server would refuse a draft that comes after it. */
  halt(assignment) {
    if (this.#sending?.assignment === assignment) this.#sending.abort.abort();
    if (this.#pending?.assignment !== assignment) return;
    clearTimeout(this.#here);
    clearTimeout(this.#there);
    this.#there = null;
    this.#pending = null;
  }

  /** The answer is in the outbox: nothing to keep. */
  drop(assignment) {
    this.halt(assignment);
    this.#farewell.forget(assignment);
    return write(this.#database, "drafts", (store) => store.delete(assignment));
  }
}
