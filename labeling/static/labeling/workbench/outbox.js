// Answers and skips wait here, on disk, until the server has said what became of them.
import { read, write } from "./store.js";

/** @typedef {{ id: string, kind: "answer"|"skip", body: object, at: number, tries: number, state: "waiting"|"attention",
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
    return (await this.all()).filter((entry) => entry.state === "waiting" && !entry.after);
  }

  async counts() {
    const entries = await this.all();
    const attention = entries.filter((entry) => entry.state === "attention").length;
    return { waiting: entries.length - attention, attention };
  }

  /** Say that these go out now: from here on they may be on the server, so they are not taken back. */
  async tried(entries) {
    for (const entry of entries) entry.tries += 1;
    await write(this.#database, "outbox", (store) => entries.forEach((entry) => store.put(entry)));
  }

  /** Take an answer back that never left. @returns {Promise<boolean>} false: it may have left */
  async takeBack(id) {
    const entry = await this.get(id);
    if (!entry || entry.tries) return false;
    await this.remove(id);
    return true;
  }

  /** Apply the server's word on one answer; only these statuses remove an entry. */
  async settle(result) {
    const entry = await this.get(result.id);
    if (!entry) return null;
    if (["stored", "duplicate", "late"].includes(result.status)) await this.remove(entry.id);
    else {
      entry.state = "attention";
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
