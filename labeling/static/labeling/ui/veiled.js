// A page around the work whose material is veiled, as the reader chose: shown while a key is held, or by the button.
// What is veiled says requester.css; pointing at it shows it without any script.
import { keyFor, listen, nameOf, setKeys, setScope } from "../keys.js";
import { say } from "../text.js";

const button = document.querySelector("[data-veil-show]");
const told = document.querySelector("[data-veil-told]");
let held = null; // the code of the key that is held
let isShown = false;

function draw() {
  document.body.toggleAttribute("data-veil-lifted", isShown || held !== null);
  button.ariaPressed = String(isShown);
  const key = nameOf(keyFor("veil.hold", "U"));
  const veiled = key ? say("The material on this page is veiled. %(key)s shows it while held.", { key }) : say("The material on this page is veiled.");
  const text = isShown ? say("The material on this page is shown.") : veiled;
  if (told.textContent !== text) told.textContent = text;
}

function toggle() {
  isShown = !isShown;
  draw();
}

function release() {
  held = null;
  draw();
}

setKeys(JSON.parse(document.getElementById("veil-keys").textContent));
setScope("veil", [
  { id: "veil.hold", key: "U", label: gettext("Show veiled material while the key is held"), run: (event) => { held ??= event.code; draw(); } },
  { id: "veil.lift", key: "Shift+U", label: gettext("Show the material on this page"), run: toggle },
]);
listen();
addEventListener("keyup", (event) => { if (event.code === held) release(); });
addEventListener("blur", release);
button.addEventListener("click", toggle);
button.hidden = false;
draw();
