import { expect, it } from "vitest";
import { messageKey, uploadKey } from "../../../lib/table/keys.ts";
import type { Key } from "../../../lib/table/records.ts";
import { scanTable } from "../../../lib/table/scan.ts";
import { put, write } from "../../../lib/table/transact.ts";

it.each([1, 4])("a scan in %i parts returns every item once, also when a part has several pages", async (segments) => {
  const written = Array.from({ length: 12 }, (_, place) => [messageKey(`${place}`), uploadKey(`${place}`)]).flat();
  // A page has 1 MB.
  for (const key of written) await write(() => [put(key, { sealed: "x".repeat(200_000) })]);
  const pages: (readonly Key[])[] = [];
  await scanTable({ segments, unitsPerSecond: 1_000_000 }, (items) => pages.push(items));
  const keysOf = (items: readonly Key[]) => items.map(({ pk, sk }) => `${pk} ${sk}`).sort();
  expect(keysOf(pages.flat())).toEqual(keysOf(written));
  expect(pages.length).toBeGreaterThan(segments);
});
