// The difference of two texts, word by word: the longest common subsequence of words and what stands between them.

const MOST_CELLS = 4_000_000; // of the table; above that, what differs in the middle is shown as one replacement

/** @returns {{ kind: "same"|"gone"|"new", text: string }[]} */
export function diff(before, after) {
  const a = words(before);
  const b = words(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return joined([...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)]);
}

function words(text) {
  return text.match(/\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}_'’]+|[^\s\p{L}\p{N}]/gu) ?? [];
}

const same = (text) => ({ kind: "same", text });
const gone = (text) => ({ kind: "gone", text });
const fresh = (text) => ({ kind: "new", text });

function between(a, b) {
  if (!a.length || !b.length || (a.length + 1) * (b.length + 1) > MOST_CELLS) return [...a.map(gone), ...b.map(fresh)];
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width); // length of the best common rest from here on
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) { found.push(same(a[i])); i += 1; j += 1; }
    else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) { found.push(gone(a[i])); i += 1; }
    else { found.push(fresh(b[j])); j += 1; }
  }
  return [...found, ...a.slice(i).map(gone), ...b.slice(j).map(fresh)];
}

function joined(pieces) {
  const runs = [];
  for (const { kind, text } of pieces) {
    if (runs.at(-1)?.kind === kind) runs.at(-1).text += text;
    else runs.push({ kind, text });
  }
  return runs;
}

/** The difference as elements: what is gone struck out, what is new underlined; both say so to a screen reader. */
export function diffNodes(before, after) {
  return diff(before, after).map(({ kind, text }) => {
    if (kind === "same") return document.createTextNode(text);
    const element = document.createElement(kind === "gone" ? "del" : "ins");
    element.textContent = text;
    return element;
  });
}
