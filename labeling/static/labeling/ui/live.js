// Parts of a page that move: <div data-live="URL" data-live-seconds="5">. Asked for again while the page is looked at.
// Nothing is replaced under the reader's hands: not while the part has the focus or an opened <details>. A part with
// `data-live-merge` changes all the same: what is new is merged into it, and the focus stays. None does while it says
// `data-busy`. One with `data-live-now` is asked for at once: the page came without it.
import { merge } from "./merge.js";

const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g; // another one in each reply

for (const part of document.querySelectorAll("[data-live]")) {
  const seconds = Number(part.dataset.liveSeconds) || 5;
  const merges = "liveMerge" in part.dataset;
  let slower = 1;
  let shown = "";
  let asked = 0;

  const inUse = () => "busy" in part.dataset || (!merges && (part.contains(document.activeElement) || part.querySelector("details[open]")));

  async function ask() {
    if (document.visibilityState === "visible" && !inUse()) {
      slower = (await refresh()) ? 1 : Math.min(slower * 2, 12);
    }
    setTimeout(ask, seconds * 1000 * slower);
  }

  async function refresh() {
    const turn = ++asked;
    try {
      const reply = await fetch(part.dataset.live, { headers: { "X-Requested-With": "fetch" } });
      if (!reply.ok || reply.redirected) return false;
      const text = await reply.text();
      const plain = text.replace(TOKEN, "");
      if (turn !== asked || (merges && "busy" in part.dataset)) return true; // asked anew meanwhile, or being moved
      if (plain !== shown) {
        if (merges) merge(part, text);
        else part.innerHTML = text;
        shown = plain;
        part.dispatchEvent(new CustomEvent("live", { bubbles: true }));
      }
      return true;
    } catch {
      return false;
    }
  }

  part.addEventListener("refresh", refresh);
  setTimeout(ask, "liveNow" in part.dataset ? 0 : seconds * 1000);
}
