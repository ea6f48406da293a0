// Every command of the workbench, once: its key, its button in the page, its place in help and palette.
import { holdKeys } from "../keys.js";
import { say } from "../text.js";
import { showPalette } from "../ui/palette.js";
import { showShortcuts } from "../ui/shortcuts.js";
import { askComment } from "./comment.js";
import { showEarlier } from "./earlier.js";
import { showSettings } from "./settings.js";
import { askWhy } from "./skip.js";

/** @returns {import("../keys.js").Action[]} */
export function commands(bench) {
  const task = gettext("Task");
  const page = gettext("Page");
  const all = [
    { id: "submit", key: "Enter", label: gettext("Submit"), run: () => bench.submit(), group: task, isWork: true },
    { id: "submit.anywhere", key: "Ctrl+Enter", label: gettext("Submit, from a text field too"), run: () => bench.submit(), group: task, inFields: true, isWork: true },
    { id: "skip", key: "S", label: gettext("Skip"), run: () => skip(bench), group: task },
    { id: "comment", key: "F", label: gettext("Comment to the requester"), run: () => comment(bench), group: task },
    { id: "accept", key: "A", label: gettext("Accept what is suggested"), run: () => bench.current?.element.suggestion?.accept(), group: task, isWork: true },
    { id: "accept.all", key: "Shift+A", label: gettext("Accept all that is suggested"), run: () => bench.current?.element.suggestion?.acceptAll(), group: task, isWork: true },
    { id: "undo", key: "Z", also: ["Ctrl+Z"], label: gettext("Undo, or reopen the last answer"), run: () => bench.undo(), group: task },
    { id: "redo", key: "Shift+Z", also: ["Ctrl+Shift+Z"], label: gettext("Redo"), run: () => bench.current?.element.redo(), group: task },
    { id: "earlier", key: "[", label: gettext("Your last answers"), run: () => earlier(bench), group: task },
    { id: "back", key: "]", label: gettext("Leave the correction"), run: () => bench.leaveCorrection(), group: task },
    { id: "guideline", key: "I", label: gettext("Guideline and examples"), run: () => bench.guide.toggle(), group: page },
    ...bench.veil.actions(page),
    { id: "settings", key: "", label: gettext("Your settings: veil, keys, language"), run: () => showSettings(bench.config, showShortcuts), group: page },
    { id: "shortcuts", key: "?", label: gettext("Keyboard shortcuts"), run: showShortcuts, group: page },
    { id: "palette", key: "Ctrl+K", label: gettext("Command palette"), run: showPalette, group: page, inFields: true },
  ];
  for (const action of all) {
    for (const button of document.querySelectorAll(`[data-command="${action.id}"]`)) button.addEventListener("click", () => action.run());
  }
  document.querySelector('[data-command="attention"]').addEventListener("click", () => attention(bench));
  return all;
}

async function skip(bench) {
  if (!bench.current || bench.current.correction) return;
  let skipped = null;
  await holdKeys(async () => { // what is pressed right after the reason is for the next task
    const why = await askWhy();
    if (why) skipped = bench.skip(why);
  });
  await skipped;
}

async function comment(bench) {
  if (!bench.current) return;
  const said = await askComment();
  if (said) await bench.comment(said);
}

async function earlier(bench) {
  let reply;
  try {
    reply = await bench.session.history();
  } catch (error) {
    console.warn(error);
    bench.notices.toast(say("Your earlier answers cannot be fetched now. Try once more in a moment."));
    return;
  }
  const rows = Array.isArray(reply) ? reply : reply.answers ?? reply.results ?? [];
  Object.assign(bench.queue.projects, reply.projects);
  showEarlier(rows, (row) => bench.queue.project(row), (row) => bench.correct(row));
}

async function attention(bench) {
  const entries = (await bench.outbox.all()).filter((entry) => entry.state === "attention");
  bench.notices.attention(entries, {
    isOpen: (entry) => entry.invalid && bench.queue.held.includes(entry.body.assignment), // it is on screen again, or comes up
    remove: async (id) => {
      await bench.outbox.remove(id);
      await bench.recount();
    },
    again: async (id) => {
      await bench.outbox.again(id);
      await bench.recount();
      bench.sync.kick();
    },
  });
}
