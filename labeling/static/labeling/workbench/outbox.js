// Answers, skips and comments wait here, on disk, until the server has said what became of them.
import { read, write } from "./store.js";

/** @typedef {{ id: string, kind: "answer"|"skip"|"comment", body: object, at: number, tries: number, state: "waiting"|"attention",
 *   after?: string, detail?: string }} Entry */

export class Outbox {
  #database;

  constructor(database) {
    this.#database = database;
  }

  /** @param {Entry} entry */
  put(entry) {
    return write(this.#database, "outbox", (store) => store.put(entry));
  }

  get(id) {
    return read(this.#database, "outbox", (store) => store.get(id));
  }

  remove(id) {
    return write(this.#database, "outbox", (store) => store.delete(id));
  }

  async all() {
    const entries = await read(this.#database, "outbox", (store) => store.getAll());
    return entries.sort((a, b) => a.at - b.at);
  }

  /** What can be sent now: a correction waits until its first answer has a name on the server. */
  async ready() {
    const entries = await this.all();
    const here = new Set(entries.map((entry) => entry.id));
    return entries.filter((entry) => entry.state === "waiting" && !here.has(entry.after));
  }

  async counts() {
    const entries = await this.all();
    const attention = entries.filter((entry) => entry.state === "attention").length;
    const comments = entries.filter((entry) => entry.kind === "comment" && entry.state === "waiting").length;
    return { waiting: entries.length - attention, attention, comments };
  }

  /**
   * Say that these go out now: from here on they may be on the server, so they are not taken back.
   * One transaction with takeBack's: an entry is either sent or taken back, never both.
   * @returns {Promise<Entry[]>} those that are still here
   */
  async tried(entries) {
    const still = [];
    await write(this.#database, "outbox", (store) => entries.forEach(({ id }) => {
      store.get(id).onsuccess = ({ target: { result } }) => {
        if (!result) return;
        result.tries += 1;
        store.put(result);
        still.push(result);
      };
    }));
    return still.sort((a, b) => a.at - b.at);
  }

  /** Take an answer back that never left. @returns {Promise<boolean>} false: it may have left */
  async takeBack(id) {
    let taken = false;
    await write(this.#database, "outbox", (store) => {
      store.get(id).onsuccess = ({ target: { result } }) => {
        if (!result || result.tries) return;
        taken = true;
        store.delete(id);
      };
    });
    return taken;
  }

  /** Send once more what was not taken. */
  async again(id) {
    const entry = await this.get(id);
    if (entry) await this.put({ ...entry, state: "waiting", invalid: false, detail: undefined });
  }

  /** Apply the server's word on one answer; only these statuses remove an entry. */
  async settle(result) {
    const entry = await this.get(result.id);
    if (!entry) return null;
    if (["stored", "duplicate", "late"].includes(result.status)) await this.remove(entry.id);
    else {
      entry.state = "attention";
      entry.invalid = result.status === "invalid"; // it can be mended, if its task is still to be had
      entry.detail = (result.problems ?? []).map((problem) => problem.message).join(" ") || result.detail || result.status;
      await this.put(entry);
    }
    await this.#releaseFollowers(entry.id, result.answer_id);
    return entry;
  }

  async #releaseFollowers(id, answerId) {
    for (const follower of await this.all()) {
      if (follower.after !== id) continue;
      delete follower.after;
      if (answerId != null) follower.body.supersedes = answerId;
      await this.put(follower);
    }
  }
}
