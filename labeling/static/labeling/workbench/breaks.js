// When a break is due: after so much active work without a pause that is a rest. The page counts for itself, over reloads
// and tabs; the server, which sees the person's other devices, may say it too. A reminder never stands in the way.
import { sayMany } from "../text.js";

const TICK_MS = 15_000;
const REST_MS = 10 * 60_000; // a pause as long as this is a rest
const AGAIN_MS = 20 * 60_000; // of work, after a reminder

export class Breaks {
  #counted = 0; // of the timer's work
  #restedAt = -Infinity;
  #toast = null;

  /** @param {{ uid: string, minutes: number, timer: import("./timer.js").Timer, notices: import("./notices.js").Notices }} parts */
  constructor({ uid, minutes, timer, notices }) {
    Object.assign(this, { minutes, timer, notices });
    this.name = `groundwork-work-${uid}`;
    this.state = { worked: 0, at: Date.now(), due: minutes * 60_000, told: false };
    if (minutes) setInterval(() => this.tick(), TICK_MS);
  }

  tick() {
    const now = Date.now();
    const work = this.timer.all - this.#counted;
    this.#counted += work;
    this.#read();
    if (now - work - this.state.at >= REST_MS) this.#rested(now);
    if (!work) return;
    this.state.worked += work;
    this.state.at = now;
    if (this.state.worked >= this.state.due) this.#remind(Math.round(this.state.worked / 60_000));
    this.#keep();
  }

  /** The server counts the work of all devices. */
  serverSays(isDue) {
    if (!isDue || !this.minutes) return;
    this.#read();
    if (this.state.told || Date.now() - this.#restedAt < REST_MS) return;
    this.#remind(Math.max(this.minutes, Math.round(this.state.worked / 60_000)));
    this.#keep();
  }

  #remind(minutes) {
    Object.assign(this.state, { due: this.state.worked + AGAIN_MS, told: true });
    this.#toast?.remove();
    this.#toast = this.notices.stay(sayMany(
      "You have worked for %(count)s minute. A short break is good for eyes and hands.", "You have worked for %(count)s minutes. A short break is good for eyes and hands.", minutes));
  }

  #rested(now) {
    this.#restedAt = now;
    this.#toast?.remove();
    this.#toast = null;
    this.state = { worked: 0, at: now, due: this.minutes * 60_000, told: false };
    this.#keep();
  }

  /** What other tabs, and this one before a reload, have counted. */
  #read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name));
      if (kept && [kept.worked, kept.at, kept.due].every(Number.isFinite)) this.state = kept;
    } catch (error) {
      console.warn("earlier work is not known", error);
    }
  }

  #keep() {
    try {
      localStorage.setItem(this.name, JSON.stringify(this.state));
    } catch (error) {
      console.warn("not remembered", error);
    }
  }
}
