// The bar on top and the foot: project, goal, time left, whether all is saved.
import { duration, number, say, sayMany, stopwatch, timeLeft } from "../text.js";

const element = (name) => document.querySelector(`[data-bar="${name}"]`);

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** In the bar, and in "More", where it is also on a narrow screen. */
function tell(name, text) {
  for (const node of document.querySelectorAll(`[data-bar="${name}"], [data-more="${name}"]`)) set(node, text);
}

/** A lesson or a test item says which; anything else is a task. */
function placeOf({ task, entry }) {
  if (!entry) return say("Task %(id)s", { id: task });
  const values = { n: entry.n, of: entry.of };
  return entry.kind === "training" ? say("Training, %(n)s of %(of)s", values) : say("Test, %(n)s of %(of)s", values);
}

export class Bar {
  #session = { done: 0, goal: 0, eta_s: null, active_s: 0 };
  added = 0; // how often something was said to be on its way
  #waiting = 0;
  #attention = 0;
  #comments = 0; // of those that wait: they are no work done
  #state = "saved";
  #before = null;

  constructor() {
    const more = document.getElementById("bench-more");
    more.addEventListener("click", (event) => {
      if (event.target.closest("button") && more.matches(":popover-open")) more.hidePopover(); // focus is where it was, before a dialog opens
    }, { capture: true });
    document.addEventListener("focusin", ({ target }) => document.body.toggleAttribute("data-writing", target.matches("#stage :is(textarea, .input)"))); // :has() would look through all of a large task
    document.addEventListener("focusout", () => document.body.removeAttribute("data-writing"));
  }

  task(entry) {
    set(element("project"), entry ? entry.project.name : say("Work"));
    element("task").hidden = !entry;
    if (entry) set(element("task"), placeOf(entry.task));
    element("note").hidden = !entry?.correction?.note;
    set(element("note-text"), entry?.correction?.note ?? "");
    document.body.dataset.mode = entry?.correction ? "correction" : entry ? "task" : "none";
  }

  session(session) {
    this.#session = session;
    this.#before ??= session.active_s * 1000; // what was done today before this page was opened
    this.#drawGoal();
  }

  /** Answers that wait count as done: the worker did them. */
  counts({ waiting, attention, comments }) {
    this.#waiting = waiting;
    this.#comments = comments;
    this.#attention = attention;
    this.#drawGoal();
    this.#drawState();
  }

  /** One more is on its way to the disk: said before it is there, so that "Saved" is never said too early. */
  adding({ isComment = false } = {}) {
    this.added += 1;
    this.counts({ waiting: this.#waiting + 1, attention: this.#attention, comments: this.#comments + Number(isComment) });
  }

  state(state) {
    this.#state = state;
    this.#drawState();
  }

  /** Time on the task and today, as it is counted and paid. */
  time(timer) {
    const isTask = document.body.dataset.mode !== "none";
    element("time").hidden = this.#before === null;
    tell("task-time", isTask ? stopwatch(timer.milliseconds) : "");
    const today = Math.max((this.#before ?? 0) + timer.all, this.#session.active_s * 1000);
    tell("today", say("today %(time)s", { time: duration(today) }));
  }

  #drawGoal() {
    const { goal, eta_s: eta } = this.#session;
    const done = this.#session.done + this.#waiting - this.#comments;
    element("goal").hidden = !goal;
    element("meter").max = goal || 1;
    element("meter").value = Math.min(done, goal);
    tell("count", `${number(done)} / ${number(goal)}`);
    tell("eta", goal && done >= goal ? say("goal reached") : eta ? timeLeft(eta) : "");
  }

  #drawState() {
    const count = this.#waiting;
    let text = say("Saved");
    let look = "saved";
    if (this.#state === "offline") {
      text = count ? sayMany("Offline, %(count)s kept on this device", "Offline, %(count)s kept on this device", count) : say("Offline");
      look = "offline";
    } else if (this.#state === "signed-out") {
      text = say("Signed out");
      look = "offline";
    } else if (count) {
      text = sayMany("%(count)s to send", "%(count)s to send", count);
      look = "sending";
    } else if (this.#state === "retrying") {
      text = say("Reconnecting");
      look = "offline";
    }
    element("state").dataset.state = look;
    set(element("state-text"), text);
    element("attention").hidden = !this.#attention;
    set(element("attention"), sayMany("%(count)s needs attention", "%(count)s need attention", this.#attention));
  }

  ready(count) {
    set(element("next"), count ? say("Next task ready") : "");
  }
}
