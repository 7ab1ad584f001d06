/** Where a value was first: the number of its row, and its line. */
export interface Place {
  readonly number: number;
  readonly line: number;
}

/** The 32-bit words of an entry: two of the digest, the row's number, its line. Row numbers begin at 1, so 0 is an empty entry. */
const words = 4;
const numberAt = 2;

/**
 * Remembers where each value was first, by a digest of 64 bits in one array: 100,000 rows with three unique values each take
 * 16 MiB. Among so many values, two different ones have the same digest once in 400 million files.
 */
export class FirstPlaces {
  #entries = new Uint32Array(words * 1024);
  #count = 0;
  // Which values collide is different in each run.
  readonly #seed = Math.floor(Math.random() * 2 ** 32);

  /** Returns where a value was first; `undefined` if this is the first place. */
  see(value: string, { number, line }: Place): Place | undefined {
    if (this.#count * 2 * words >= this.#entries.length) this.#grow();
    const [high, low] = digest(value, this.#seed);
    const at = this.#find(this.#entries, high, low);
    const entries = this.#entries;
    if (entries[at + numberAt] !== 0)
      return { number: entries[at + numberAt] ?? 0, line: entries[at + numberAt + 1] ?? 0 };
    entries.set([high, low, number, line], at);
    this.#count += 1;
    return undefined;
  }

  /** The entry with a digest, or the empty one where it belongs. */
  #find(entries: Uint32Array, high: number, low: number): number {
    const mask = entries.length / words - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * words;
      if (entries[at + numberAt] === 0 || (entries[at] === high && entries[at + 1] === low)) return at;
    }
  }

  #grow(): void {
    const before = this.#entries;
    const after = new Uint32Array(before.length * 2);
    for (let at = 0; at < before.length; at += words) {
      if (before[at + numberAt] === 0) continue;
      after.set(before.subarray(at, at + words), this.#find(after, before[at] ?? 0, before[at + 1] ?? 0));
    }
    this.#entries = after;
  }
}

/** Two numbers of 32 bits: FNV-1a with two primes, and then a mix of all bits. */
function digest(text: string, seed: number): readonly [high: number, low: number] {
  let [one, two] = [seed ^ 0x811c9dc5, seed ^ 0x9e3779b9];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(two ^ unit, 0x85ebca6b) ^ (one >>> 15);
  }
  return [mixed(one ^ (two << 7)), mixed(two ^ (one << 13))];
}

function mixed(bits: number): number {
  let word = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return (word ^ (word >>> 16)) >>> 0;
}
