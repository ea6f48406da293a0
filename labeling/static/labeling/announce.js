// One polite live region for the whole page: says a thing once.
let region;

/** @param {string} text */
export function announce(text) {
  region ??= document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  // An equal text twice in a row is only spoken if the region was empty for a frame.
  requestAnimationFrame(() => { region.textContent = text; });
}
