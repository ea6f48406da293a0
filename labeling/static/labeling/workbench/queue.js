// The next few tasks as finished, detached elements: showing one is a single replaceChildren.

const PATIENCE_MS = 1500; // a slow picture does not hold up the tasks behind it for longer

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export class Queue {
  #ready = [];
  #before = Promise.resolve(); // settles when the task before has been prepared
  #preparing = new Map(); // assignment -> AbortController
  #holds = new Map(); // assignment -> function that lets the lock go

  constructor({ config, drafts }) {
    this.config = config;
    this.drafts = drafts;
    this.projects = {};
    this.onReady = () => {};
  }

  get length() { return this.#ready.length; }
  get coming() { return this.#ready.length + this.#preparing.size; }
  /** Assignments fetched ahead and not begun. */
  get unstarted() { return [...this.#ready.filter((each) => !each.started).map((each) => each.task.assignment), ...this.#preparing.keys()]; }
  get held() { return [...this.#holds.keys()]; }

  /** Take tasks from a reply; each becomes ready on its own. None comes up before `first` has settled: what that puts back
   *  comes before them. */
  add(tasks, first = Promise.resolve()) {
    this.#before = Promise.allSettled([this.#before, first]);
    for (const task of tasks) {
      if (!this.#holds.has(task.assignment)) this.#before = this.#prepare(task, this.#before).catch((error) => console.error(error));
    }
  }

  /** All are prepared at once, but come up in the server's order: what was begun before a reload comes first. */
  async #prepare(task, before) {
    const abort = new AbortController();
    this.#holds.set(task.assignment, () => {});
    this.#preparing.set(task.assignment, abort);
    try {
      if (!(await this.#hold(task.assignment))) {
        this.#holds.delete(task.assignment); // another tab has it
        return;
      }
      const ready = await this.build(task, { signal: abort.signal });
      await Promise.race([before, pause(PATIENCE_MS)]);
      if (!abort.signal.aborted) this.#ready.push(ready);
    } finally {
      this.#preparing.delete(task.assignment);
      this.onReady();
    }
  }

  /** One tab shows a task: whoever holds its lock. */
  #hold(assignment) {
    return new Promise((resolve) => {
      navigator.locks.request(`groundwork-task-${this.config.uid}-${assignment}`, { ifAvailable: true }, (lock) => {
        resolve(Boolean(lock));
        return lock && new Promise((free) => { this.#holds.set(assignment, free); });
      });
    });
  }

  project(task) {
    return this.projects[`${task.project}.${task.schema_version}`];
  }

  /** The task's element, mounted and decoded but not on the page. */
  async build(task, { signal, value, readonly = false } = {}) {
    const project = this.project(task);
    const { default: Widget } = await import(this.config.widgetModules[project.type]);
    try {
      await Widget.prepare(task, { signal });
    } catch (error) {
      if (signal?.aborted) throw error;
      console.warn("not prepared", error); // the widget shows that the picture is missing
    }
    const element = document.createElement(project.widget);
    element.mount({
      task, config: project.config, template: document.getElementById(`widget-${project.type}`),
      draft: value ?? (await this.drafts.newest(task)), suggestion: readonly ? null : task.suggestion, settled: value !== undefined, readonly,
    });
    return { task, project, element, started: false, correction: null, activeMs: 0 };
  }

  take() { return this.#ready.shift(); }
  putBack(entry) { this.#ready.unshift(entry); }

  /** Hold a task once more that was submitted and taken back. */
  keep(assignment) {
    if (this.#holds.has(assignment)) return;
    this.#holds.set(assignment, () => {});
    this.#hold(assignment);
  }

  /** The page goes: its next load shall not find these held by a page that is dying. */
  letAllGo() {
    for (const assignment of this.held) this.letGo(assignment);
  }

  /** The task is answered, skipped or given back. */
  letGo(assignment) {
    this.#holds.get(assignment)?.();
    this.#holds.delete(assignment);
  }
}
