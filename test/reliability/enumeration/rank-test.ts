/**
 * The Mann-Whitney U test of two samples, as a standard score: how many standard deviations the ranks of `one` lie above (or,
 * if negative, below) what they would be on average if both samples were drawn alike. Equal values share their rank.
 */
export function standardScore(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => ({ value, isOne: true })), ...other.map((value) => ({ value, isOne: false }))];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let tied = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1;
    const count = end - start;
    rankSum += ((start + 1 + end) / 2) * all.slice(start, end).filter(({ isOne }) => isOne).length;
    tied += count ** 3 - count;
    start = end;
  }
  const [n, m, total] = [one.length, other.length, all.length];
  const u = rankSum - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (total + 1 - tied / (total * (total - 1)));
  return variance === 0 ? 0 : (u - (n * m) / 2) / Math.sqrt(variance);
}

/** The standard score of several independent ones together (Stouffer): small differences that point the same way add up. */
export const together = (scores: readonly number[]): number =>
  scores.reduce((sum, score) => sum + score, 0) / Math.sqrt(scores.length);

/** By how much the values of `one` lie above those of `other`: the median of all differences (Hodges and Lehmann). */
export function shiftOf(one: readonly number[], other: readonly number[]): number {
  const differences = Float64Array.from(one.flatMap((value) => other.map((each) => value - each))).sort();
  return differences[Math.floor(differences.length / 2)] ?? 0;
}
