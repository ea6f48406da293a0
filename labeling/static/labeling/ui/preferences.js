// What the person chose for the pages they work in: in force at once, kept on the server, told to the other tabs.

const listeners = [];
let chosen = { veil: {}, keys: {} };
let send = async () => {};
let channel;
let unsaved = null; // { part: { name: value } }: what the server has not taken yet
let saving = Promise.resolve();

/** @param {object} given all preferences @param {{ uid: string, save: (changes: object) => Promise<void> }} ways */
export function startPreferences(given, { uid, save }) {
  chosen = given;
  send = save;
  channel = new BroadcastChannel(`groundwork-preferences-${uid}`);
  channel.onmessage = ({ data }) => become(data);
  addEventListener("online", () => keep());
}

export const preferences = () => chosen;

/** `run` is called now and after every change. */
export function onPreferences(run) {
  listeners.push(run);
  run(chosen);
}

function become(next) {
  chosen = next;
  for (const run of listeners) run(chosen);
}

/** Choose. @returns {Promise<boolean>} whether the server has it; if not, it is sent again once the line is back */
export function prefer(part, fields) {
  become({ ...chosen, [part]: { ...chosen[part], ...fields } });
  channel?.postMessage(chosen);
  unsaved = { ...unsaved, [part]: { ...unsaved?.[part], ...fields } };
  return keep();
}

function keep() {
  saving = saving.then(async () => {
    const changes = unsaved;
    if (!changes) return true;
    unsaved = null;
    try {
      await send(changes);
      return true;
    } catch (error) {
      console.warn("preferences not kept yet", error);
      for (const part of Object.keys(changes)) unsaved = { ...unsaved, [part]: { ...changes[part], ...unsaved?.[part] } };
      return false;
    }
  });
  return saving;
}
