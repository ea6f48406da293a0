// Active time on a task: the page is visible and something was done within the last 30 seconds.
const IDLE_MS = 30_000;

export class Timer {
  #total = 0;
  #all = 0; // on every task since the page was opened
  #since = null;
  #last = 0;

  constructor() {
    for (const name of ["keydown", "pointerdown", "pointermove", "wheel", "scroll"]) {
      addEventListener(name, () => this.#input(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop(performance.now()) : this.#input()));
  }

  start(already = 0) {
    this.#stop(performance.now());
    this.#total = already;
    this.#last = performance.now();
    this.#since = document.hidden ? null : this.#last;
  }

  #input() {
    const now = performance.now();
    if (this.#since !== null && now - this.#last > IDLE_MS) this.#stop(this.#last + IDLE_MS);
    if (this.#since === null && !document.hidden) this.#since = now;
    this.#last = now;
  }

  #stop(at) {
    if (this.#since === null) return;
    const time = Math.max(0, Math.min(at, this.#last + IDLE_MS) - this.#since);
    this.#total += time;
    this.#all += time;
    this.#since = null;
  }

  get #running() {
    return this.#since === null ? 0 : Math.max(0, Math.min(performance.now(), this.#last + IDLE_MS) - this.#since);
  }

  /** On the task on screen. */
  get milliseconds() { return Math.round(this.#total + this.#running); }
  /** On every task since the page was opened. */
  get all() { return Math.round(this.#all + this.#running); }
}
