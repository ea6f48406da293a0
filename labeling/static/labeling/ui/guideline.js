// The guideline step: Markdown is shown as it is typed, and an answer made in the frame is kept as an example.

const form = document.querySelector("[data-guideline]");
const text = form.elements.guideline;
const here = document.querySelector("[data-guideline-here]");
const PAUSE = 300; // ms after the last key
let timer = 0;
let asked = 0;

async function read() {
  const turn = ++asked;
  const body = new URLSearchParams({ guideline: text.value, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  try {
    const reply = await fetch(form.dataset.guideline, { method: "POST", body });
    if (reply.ok && !reply.redirected && turn === asked) here.innerHTML = await reply.text();
  } catch {
    // offline: what was shown last stays
  }
}

text.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(read, PAUSE);
});

function stay(fields) {
  const field = (name, value) => Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.append(...Object.entries({ ...fields, then: "stay" }).map(([name, value]) => field(name, value)));
  HTMLFormElement.prototype.submit.call(form);
}

document.addEventListener("example", (event) => {
  const { item, answer, why, isWrong } = JSON.parse(event.detail);
  for (const [name, value] of [["item", item], ["answer", JSON.stringify(answer)], ["why", why], ["wrong", isWrong ? "1" : ""]]) form.elements[`example_${name}`].value = value;
  stay({});
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stay]");
  if (!button) return;
  event.preventDefault();
  stay({ [button.name]: button.value });
});
