// Parts of a page that move: <div data-live="URL" data-live-seconds="5">. Asked for again while the page is looked at.
// Nothing is replaced under the reader's hands: not while the part has the focus or an opened <details>.

const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g; // another one in each reply

for (const part of document.querySelectorAll("[data-live]")) {
  const seconds = Number(part.dataset.liveSeconds) || 5;
  let slower = 1;
  let shown = "";

  async function ask() {
    if (document.visibilityState === "visible" && !part.contains(document.activeElement) && !part.querySelector("details[open]")) {
      slower = (await refresh()) ? 1 : Math.min(slower * 2, 12);
    }
    setTimeout(ask, seconds * 1000 * slower);
  }

  async function refresh() {
    try {
      const reply = await fetch(part.dataset.live, { headers: { "X-Requested-With": "fetch" } });
      if (!reply.ok || reply.redirected) return false;
      const text = await reply.text();
      const plain = text.replace(TOKEN, "");
      if (plain !== shown) {
        part.innerHTML = text;
        shown = plain;
        part.dispatchEvent(new CustomEvent("live", { bubbles: true }));
      }
      return true;
    } catch {
      return false;
    }
  }

  part.addEventListener("refresh", refresh);
  setTimeout(ask, seconds * 1000);
}
