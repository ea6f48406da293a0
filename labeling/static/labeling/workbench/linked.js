// Links to one's own earlier answer, `?correct=<answer id>`, or to one that a reviewer returned, `?fix=<answer id>`: the
// pages of one's history and of returned answers have them.
import { say } from "../text.js";

/** Open the answer the address names as a correction, or say why not. Once: a reload goes on with the work. */
export async function openLinked(bench) {
  const address = new URL(location.href);
  const name = ["correct", "fix"].find((each) => address.searchParams.has(each));
  if (!name) return;
  const id = Number(address.searchParams.get(name));
  address.searchParams.delete(name);
  window.history.replaceState(null, "", address);
  const look = name === "fix" ? openReturned : open;
  const why = Number.isSafeInteger(id) && id > 0 ? await look(bench, id) : say("There is no such answer of yours.");
  if (why) bench.notices.toast(why);
}

async function open(bench, id) {
  let reply;
  try {
    reply = await bench.session.answer(id);
  } catch (error) {
    console.warn(error);
    return say("Your earlier answer cannot be fetched now. Try once more in a moment.");
  }
  const [row] = reply.results;
  if (row?.answer_id !== id) return say("This answer does not stand any more: you corrected it since.");
  if (!row.may_correct) return say("This answer cannot be corrected any more: only your last ten can, until they are exported.");
  Object.assign(bench.queue.projects, reply.projects);
  await bench.correct(row);
  return null;
}

async function openReturned(bench, id) {
  let reply;
  try {
    reply = await bench.session.returned();
  } catch (error) {
    console.warn(error);
    return say("Your earlier answer cannot be fetched now. Try once more in a moment.");
  }
  const row = reply.results.find((each) => each.answer_id === id);
  if (!row) return say("There is no such answer of yours.");
  if (!row.may_correct) return say("This answer cannot be fixed any more.");
  Object.assign(bench.queue.projects, reply.projects);
  const { reason, clause, note } = row.rejection;
  const told = [bench.config.rejections?.[reason] ?? reason, clause && say("Guideline %(clause)s", { clause }), note];
  await bench.correct(row, { note: told.filter(Boolean).join(" · ") });
  return null;
}
