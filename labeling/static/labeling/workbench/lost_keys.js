// Keys meant for a task that was not on the screen when they were pressed: they go to none.

const BURST_MS = 600; // as long a key typed on without looking belongs to those before it

export class LostKeys {
  #stage;
  #shownAt = 0; // when the task was put on the screen,
  #seenAt = 0; // and, after another one, when it was to be seen there
  #lostAt = -BURST_MS; // when a key was pressed that had no task

  constructor(stage) {
    this.#stage = stage;
  }

  /** A task is put on the page. */
  shown() { this.#shownAt = performance.now(); }

  /** It took the place of another, and is to be seen once `frame` has settled. */
  async until(frame) {
    this.#seenAt = Infinity;
    await frame;
    this.#seenAt = performance.now();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {{ isWork: boolean, action?: { id: string }, current: { isTouched?: boolean } | null }} pressed `isWork`: it means the task
   */
  take(event, { isWork, action, current }) {
    if (!isWork) return false;
    const waits = !current && ["loading", "waiting"].includes(this.#stage.firstElementChild?.dataset.view);
    const isUnseen = current && !current.isTouched && action?.id.startsWith("submit") && event.timeStamp < this.#seenAt;
    const goesOn = this.#shownAt - this.#lostAt < BURST_MS && event.timeStamp - this.#shownAt < BURST_MS;
    if (waits) this.#lostAt = event.timeStamp;
    return Boolean(waits || isUnseen || goesOn);
  }
}
