/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** One of several values. */
  pick<T>(values: readonly T[]): T;
  /** Whether something happens that happens in `share` of all cases, from 0 to 1. */
  chance(share: number): boolean;
  /** The values in a random order. */
  shuffled<T>(values: readonly T[]): T[];
}

/** Begins a series of random numbers (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    pick: <T>(values: readonly T[]) => values[below(values.length)] as T,
    chance: (share) => next() < share,
    shuffled<T>(values: readonly T[]) {
      const all = [...values];
      for (let end = all.length; end > 1; end--) {
        const place = below(end);
        [all[end - 1], all[place]] = [all[place] as T, all[end - 1] as T];
      }
      return all;
    },
  };
}
