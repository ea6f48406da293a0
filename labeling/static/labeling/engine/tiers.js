// The arithmetic of a ranking with ties. Ranks are listed by thing, 1 is best, null is not ranked yet;
// tiers are lists of things of one rank, best first, and whatever has no rank comes last.

export function tiersOf(ranks, order) {
  const tiers = new Map();
  for (const index of order) if (ranks[index] !== null) tiers.set(ranks[index], [...(tiers.get(ranks[index]) ?? []), index]);
  const some = [...tiers.keys()].sort((a, b) => a - b).map((rank) => tiers.get(rank));
  return [...some, ...order.filter((index) => ranks[index] === null).map((index) => [index])];
}

export function ranksOf(tiers, count) {
  const ranks = Array(count).fill(null);
  tiers.forEach((tier, place) => { for (const index of tier) ranks[index] = place + 1; });
  return ranks;
}

/** A rank for one thing. Without ties, whoever had it takes the rank that becomes free; no gap stays once all are ranked. */
export function ranked(ranks, index, rank, ties) {
  const next = [...ranks];
  const other = ranks.indexOf(rank);
  if (!ties && other >= 0 && other !== index) next[other] = ranks[index];
  next[index] = rank;
  if (next.includes(null)) return next;
  const used = [...new Set(next)].sort((a, b) => a - b);
  return next.map((each) => used.indexOf(each) + 1);
}

/** One place up (-1) or down (1): out of a tie first, then past the neighbour. */
export function moved(tiers, index, by) {
  const at = tiers.findIndex((tier) => tier.includes(index));
  if (tiers[at].length > 1) return tiers.toSpliced(at, 1, ...(by < 0 ? [[index], without(tiers[at], index)] : [without(tiers[at], index), [index]]));
  const to = at + by;
  if (to < 0 || to >= tiers.length) return tiers;
  return tiers.with(at, tiers[to]).with(to, tiers[at]);
}

/** Into the tier above; out of it, if it is in one. */
export function tied(tiers, index) {
  const at = tiers.findIndex((tier) => tier.includes(index));
  if (tiers[at].length > 1) return moved(tiers, index, 1);
  return at === 0 ? tiers : tiers.toSpliced(at - 1, 2, [...tiers[at - 1], index]);
}

/** Into the tier of another. */
export function joined(tiers, index, target) {
  if (index === target) return tiers;
  return taken(tiers, index).map((tier) => (tier.includes(target) ? [...tier, index] : tier));
}

/** Alone, "before" or "after" the tier of another. */
export function inserted(tiers, index, target, where) {
  if (index === target) return tiers;
  const rest = taken(tiers, index);
  const at = rest.findIndex((tier) => tier.includes(target));
  return rest.toSpliced(where === "after" ? at + 1 : at, 0, [index]);
}

const without = (tier, index) => tier.filter((each) => each !== index);
const taken = (tiers, index) => tiers.map((tier) => without(tier, index)).filter((tier) => tier.length);
