// A dataset's items and what can be done with them, drawn anew when an upload has added some.

const PARTS = ["[data-gallery]", ".page-head"];

document.addEventListener("live", async () => {
  const gallery = document.querySelector("[data-gallery]");
  const count = document.querySelector("[data-items]")?.dataset.items;
  const isRead = gallery.contains(document.activeElement) || gallery.querySelector("details[open]");
  if (count === undefined || count === gallery.dataset.gallery || isRead) return;
  const reply = await fetch(location.href);
  if (!reply.ok || reply.redirected) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const part of PARTS) document.querySelector(part)?.replaceWith(fresh.querySelector(part));
});
