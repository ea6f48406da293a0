// Links to one's own earlier answer, `?correct=<answer id>`: the page of one's history has them.
import { say } from "../text.js";

/** Open the answer the address names as a correction, or say why not. Once: a reload goes on with the work. */
export async function openLinked(bench) {
  const address = new URL(location.href);
  const id = Number(address.searchParams.get("correct"));
  if (!address.searchParams.has("correct")) return;
  address.searchParams.delete("correct");
  window.history.replaceState(null, "", address);
  const why = Number.isSafeInteger(id) && id > 0 ? await open(bench, id) : say("There is no such answer of yours.");
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
