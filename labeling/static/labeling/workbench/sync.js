// Empties the outbox and fills the queue, one exchange at a time in one tab at a time. Tries again until it is done.
import { number, say } from "../text.js";
import { Refused, SignedOut, Wait, sizeOf, written } from "./session.js";

const AHEAD = 3;
const HEARTBEAT_MS = 50_000;
const LEAST_S = 0.5;
const MOST_S = 30;
const MOST_ENTRIES = 50;
const ROOM = 20_000; // bytes of a request beside its entries

export class Sync {
  #running = false;
  #again = false;
  #failures = 0;
  #timer;
  #most = MOST_ENTRIES; // fewer while one of them is refused and it is not known which

  /** @param {{ session, outbox, queue, uid: string, project: number|null, largest: number, showing: () => boolean }} parts
   *  largest: the bytes of a request the server reads */
  constructor(parts) {
    Object.assign(this, parts);
    this.channel = new BroadcastChannel(`groundwork-${this.uid}`);
    this.channel.onmessage = ({ data }) => this.onSettled(data);
    this.onReply = this.onSettled = this.onState = this.onSignedOut = () => {};
    addEventListener("online", () => { this.#failures = 0; this.kick(); });
    addEventListener("offline", () => this.onState("offline"));
    setInterval(() => this.kick(), HEARTBEAT_MS);
  }

  /** Exchange now, or once more after the one that runs. */
  async kick() {
    clearTimeout(this.#timer);
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    try {
      do {
        this.#again = false;
        await navigator.locks.request(`groundwork-outbox-${this.uid}`, () => this.#exchange());
        this.#failures = 0;
      } while (this.#again);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#running = false;
    }
  }

  async #exchange() {
    if (!navigator.onLine) {
      this.onState("offline");
      return;
    }
    const entries = await this.outbox.tried(await this.#fitting());
    const of = (kind) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.body);
    const want = Math.max(0, AHEAD + (this.showing() ? 0 : 1) - this.queue.coming);
    const body = { answers: of("answer"), skips: of("skip"), returns: [], want, have: await this.#have() };
    const comments = of("comment");
    if (comments.length) body.comments = comments;
    if (this.project) body.project = this.project;
    if (entries.length) this.onState("sending");
    let reply;
    try {
      reply = await this.session.exchange(body);
    } catch (error) {
      if (!(error instanceof Refused) || !entries.length) throw error;
      await this.#refused(entries, error);
      return;
    }
    this.#most = Math.min(MOST_ENTRIES, 2 * this.#most);
    await this.#settle(entries, reply);
    this.onReply(reply, { want });
    if ((await this.outbox.ready()).length) this.#again = true;
  }

  /** As many of those that wait as go into one request. What alone is too large for one is not tried. */
  async #fitting() {
    const fitting = [];
    let room = this.largest - ROOM;
    for (const entry of await this.outbox.ready()) {
      const size = sizeOf(written(entry.body));
      if (size > this.largest - ROOM) await this.#giveUp(entry, tooLarge(size, this.largest));
      else if (size > room || fitting.length >= this.#most) break;
      else {
        room -= size;
        fitting.push(entry);
      }
    }
    return fitting;
  }

  /** Find the one that is not taken by sending fewer, and put it aside with the reason. */
  async #refused(entries, error) {
    this.#again = true;
    if (entries.length > 1) {
      this.#most = Math.ceil(entries.length / 2);
      return;
    }
    const [entry] = entries;
    await this.#giveUp(entry, error.status === 413 ? tooLarge(sizeOf(written(entry.body))) : error.reason || say("The server did not take it (%(status)s).", { status: error.status }));
  }

  /** It stays on this device, and an answer comes up again as it was. */
  async #giveUp({ id, kind, body }, detail) {
    const result = { id, detail, ...(kind === "answer" ? { status: "invalid", problems: [{ path: "", message: detail }] } : { status: "refused" }) };
    await this.outbox.settle(result);
    this.#tell({ kind, result, assignment: body.assignment });
  }

  /** What this tab and its sisters hold: it is theirs still, and not to be offered once more. */
  async #have() {
    const prefix = `groundwork-task-${this.uid}-`;
    const { held } = await navigator.locks.query();
    const everywhere = held.filter((lock) => lock.name.startsWith(prefix)).map((lock) => Number(lock.name.slice(prefix.length)));
    return [...new Set([...everywhere, ...this.queue.held])];
  }

  async #settle(entries, reply) {
    for (const result of reply.results ?? []) {
      const entry = await this.outbox.settle(result);
      if (entry) this.#tell({ kind: "answer", result, assignment: entry.body.assignment });
    }
    for (const result of reply.comments ?? []) {
      const entry = await this.outbox.settle(result);
      if (entry) this.#tell({ kind: "comment", result, assignment: entry.body.assignment });
    }
    for (const skip of reply.skipped ?? []) {
      const entry = entries.find((each) => each.kind === "skip" && each.body.assignment === skip.assignment);
      if (!entry) continue;
      await this.outbox.remove(entry.id);
      this.#tell({ kind: "skip", result: skip, assignment: skip.assignment });
    }
  }

  #tell(news) {
    this.channel.postMessage(news);
    this.onSettled(news);
  }

  #failed(error) {
    this.#failures += 1;
    if (error instanceof SignedOut) {
      this.onState("signed-out");
      this.onSignedOut();
      return;
    }
    const backoff = Math.min(MOST_S, LEAST_S * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2);
    const seconds = error instanceof Wait && error.seconds ? error.seconds : backoff;
    this.onState(navigator.onLine ? "retrying" : "offline");
    this.#timer = setTimeout(() => this.kick(), seconds * 1000);
  }
}

function tooLarge(size, most) {
  const inMegabytes = (bytes) => number(Math.round(bytes / 1e5) / 10);
  if (most) return say("This is too large to send: %(size)s MB, and the server takes at most %(most)s MB. It is kept on this device.", { size: inMegabytes(size), most: inMegabytes(most) });
  return say("This is too large for the server: %(size)s MB. It is kept on this device.", { size: inMegabytes(size) });
}
