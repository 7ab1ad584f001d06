import { queryRange } from "../../table/page.ts";
import { type Found, type Keys, readTogether } from "../../table/read.ts";
import type { HeldEntry, Key, Prefix } from "../../table/records.ts";
import type { PageQuery } from "./page-query.ts";

/** A list ends early, with `hasMore`, after this many reads. */
const readsMax = 25;
/** What one BatchGetItem call takes, with room for the other items. */
const atOnceMax = 90;

/** An item of a list, and its key. */
export interface HeldItem<Item> {
  readonly key: Key<Item>;
  readonly item: Item;
}

/** Which list to read. */
interface HeldList<Item, Others extends Keys> {
  /** Its entries, whose keys are time-ordered ids. */
  readonly prefix: Prefix<HeldEntry<Item>>;
  /** Items that are read together with those of the list. */
  readonly others: Others;
  /** Whether an item of the list counts. */
  readonly counts: (item: Item, others: Found<Others>) => boolean;
}

/** Returns a part of the devices or sessions of an account holder, the newest first. */
export async function listHeld<Item, Others extends Keys>(
  { prefix, others, counts }: HeldList<Item, Others>,
  { limit, skip }: PageQuery,
): Promise<{ readonly items: readonly HeldItem<Item>[]; readonly hasMore: boolean }> {
  const items: HeldItem<Item>[] = [];
  let toSkip = skip;
  let reads = 0;
  const atOnce = Math.min(limit + skip + 1, atOnceMax);
  for await (const entries of queryRange({ prefix, from: "", to: "g", descending: true, atOnce })) {
    const keys: Record<string, Key<Item>> = Object.fromEntries(
      entries.map(({ itemKey }, place) => [String(place), itemKey]),
    );
    const [found, foundOthers] = await readTogether(keys, others);
    for (const [place, { itemKey: key }] of entries.entries()) {
      const item = found[place];
      if (item === undefined || !counts(item, foundOthers)) continue;
      if (toSkip > 0) toSkip -= 1;
      else if (items.length === limit) return { items, hasMore: true };
      else items.push({ key, item });
    }
    reads += 1;
    if (reads === readsMax) return { items, hasMore: true };
  }
  return { items, hasMore: false };
}
