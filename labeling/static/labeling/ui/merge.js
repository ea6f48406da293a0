// New HTML merged into a part of the page: what is the same stays the same element, so that the focus, a scroll position
// and a field half filled in are still there. Elements with an id or a `data-key` are known by it, wherever they moved.

const keyOf = (node) => node.id || node.dataset?.key || "";
const isSame = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

/** `part` shows `html` afterwards. */
export function merge(part, html) {
  const there = document.createElement("template");
  there.innerHTML = html;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest("[data-key]");
  mergeChildren(part, there.content);
  if (!focused) return;
  const place = focused.isConnected && !focused.disabled ? focused : nextTo(focused) ?? nextTo(row);
  if (place && place !== document.activeElement) place.focus({ preventScroll: true });
}

/** Something beside what cannot have the focus any more. */
function nextTo(element) {
  return element?.isConnected ? element.parentElement.querySelector("button:not(:disabled), a[href]") : null;
}

function mergeChildren(here, there) {
  let at = here.firstChild;
  for (const wanted of [...there.childNodes]) {
    const found = findFrom(at, wanted);
    if (!found) {
      here.insertBefore(wanted, at);
      continue;
    }
    if (found === at) at = at.nextSibling;
    else here.insertBefore(found, at);
    mergeNode(found, wanted);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function findFrom(at, wanted) {
  if (at && isSame(at, wanted)) return at;
  if (!keyOf(wanted)) return null;
  for (let node = at; node; node = node.nextSibling) if (isSame(node, wanted)) return node;
  return null;
}

function mergeNode(here, there) {
  if (here.nodeType !== Node.ELEMENT_NODE) {
    if (here.nodeValue !== there.nodeValue) here.nodeValue = there.nodeValue;
    return;
  }
  for (const { name } of [...here.attributes]) if (!there.hasAttribute(name) && name !== "open") here.removeAttribute(name);
  for (const { name, value } of there.attributes) if (here.getAttribute(name) !== value) here.setAttribute(name, value);
  mergeChildren(here, there);
}
