// Forms with a passkey: `data-passkey` is "create" or "get"; the options are in the page (`data-options`, an id) or are
// fetched when the button is pressed (`data-options-url`). What the browser signed is posted in the field `credential`.

const able = window.PublicKeyCredential && navigator.credentials && isSecureContext;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The options as the browser wants them: what is base64url on the wire becomes bytes. */
function decoded({ publicKey }) {
  const known = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));
  const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) options.excludeCredentials = known(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) options.allowCredentials = known(publicKey.allowCredentials);
  return { publicKey: options };
}

/** And the other way round. */
function encoded(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      ...Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, text(response[part])])),
      transports: response.getTransports?.(),
    },
  });
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const reply = await fetch(form.dataset.optionsUrl, { credentials: "same-origin" });
  if (!reply.ok) throw new Error(`${reply.status}`);
  return reply.json();
}

function tell(form) {
  let place = form.querySelector("[role=alert]");
  if (!place) {
    place = Object.assign(document.createElement("p"), { className: "field-errors", role: "alert" });
    form.append(place);
  }
  place.textContent = gettext("The browser gave no passkey: it was called off, or there is none for this site.");
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !able;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      form.elements.credential.value = encoded(await navigator.credentials[form.dataset.passkey](decoded(await options(form))));
      form.submit();
    } catch (error) {
      if (error instanceof TypeError) console.error(error);
      tell(form);
      button.disabled = false;
    }
  });
}
for (const each of document.querySelectorAll("[data-no-passkeys]")) each.hidden = Boolean(able);
