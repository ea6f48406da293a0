// The first step of the wizard: cards are found by what is written on them.

const search = document.getElementById("purpose-search");
const found = document.getElementById("purpose-found");
const none = document.getElementById("purpose-none");
const cards = [...document.querySelectorAll(".purpose")];
const more = document.querySelector(".more-types");
const wasOpen = more.open;

search.closest("[hidden]").hidden = false;
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const card of cards) {
    const text = card.textContent.toLowerCase();
    card.hidden = !words.every((word) => text.includes(word));
    count += card.hidden ? 0 : 1;
  }
  for (const group of document.querySelectorAll("section[data-purposes]")) group.hidden = !group.querySelector(".purpose:not([hidden])");
  more.hidden = !more.querySelector(".purpose:not([hidden])");
  more.open = words.length > 0 || wasOpen;
  none.hidden = count > 0;
  found.textContent = interpolate(ngettext("%s found", "%s found", count), [count]);
});
search.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault(); // the first card that is left, not the form
  const first = cards.find((card) => !card.hidden)?.querySelector("input");
  first?.focus();
  first?.click();
});
