import { beforeAll, describe, expect, it } from "vitest";
import { expectOk, makeVendor, type Response, type TestVendor } from "../../kit/system.ts";
import { faulty } from "./practices-contract.ts";

type Fields = Readonly<Record<string, unknown>>;
type Listed = Readonly<Record<string, unknown>>;

/** Reads a list by its cursors. @returns all pages */
export async function collectPages(
  read: (fields: Fields) => Promise<Response>,
  list: string,
  fields: Fields,
  between: (page: number) => Promise<unknown> = async () => {},
): Promise<Listed[][]> {
  const pages: Listed[][] = [];
  let cursor: string | undefined;
  do {
    const answer = await expectOk(read({ ...fields, ...(cursor && { cursor }) }));
    pages.push(answer[list]);
    cursor = answer.cursor;
    if (cursor) await between(pages.length);
  } while (cursor && pages.length < 10_000);
  return pages;
}

/** A list under test. */
export interface ListSubject {
  /** The name of the array in its answer. */
  readonly list: string;
  /** The field that names each record. */
  readonly key: string;
  /** Makes a vendor with this many records. */
  readonly fill: (count: number) => Promise<TestVendor>;
  readonly read: (vendor: TestVendor, fields: Fields) => Promise<Response>;
}

/** Tests what §3 says about `limit` and `cursor`. */
export function describeListParameters({ list, key, fill, read }: ListSubject): void {
  const few = 7;
  let vendor: TestVendor;
  beforeAll(async () => {
    vendor = await fill(few);
  });
  const page = (fields: Fields) => expectOk(read(vendor, fields));

  it.each([[1], [2], ["3"], [" 4 "], [few - 1]])(
    "returns limit %j records, and a cursor while there are more",
    async (limit) => {
      const answer = await page({ limit });
      expect(answer[list]).toHaveLength(Number(limit));
      expect(answer.cursor).toEqual(expect.any(String));
    },
  );
  it.each([[few], [few + 1], [1000], ["1000"], [null], [""], [undefined]])(
    "returns all records and no cursor when limit %j is at least their number (%#)",
    async (limit) => {
      const answer = await page({ limit });
      expect(answer[list]).toHaveLength(few);
      expect(answer).not.toHaveProperty("cursor");
    },
  );
  // Regression: the default was 100, so clients that do not know cursors lost the rest. For sizes see test/lib/table/page.test.ts.
  it("answers all records when no limit is passed, also after a cursor", async () => {
    const many = await fill(130);
    const answer = await expectOk(read(many, {}));
    expect(answer[list]).toHaveLength(130);
    expect(answer).not.toHaveProperty("cursor");
    const first = await expectOk(read(many, { limit: 7 }));
    const rest = await expectOk(read(many, { cursor: first.cursor }));
    expect([...first[list], ...rest[list]]).toEqual(answer[list]);
    expect(rest).not.toHaveProperty("cursor");
  });
  it("continues where the previous page ended, even with another limit", async () => {
    const first = await page({ limit: 2 });
    const second = await page({ limit: 1, cursor: first.cursor });
    const third = await page({ limit: 1000, cursor: second.cursor });
    const records: Listed[] = [...first[list], ...second[list], ...third[list]];
    expect(records).toHaveLength(few);
    expect(new Set(records.map((record) => record[key])).size).toBe(few);
    expect(third).not.toHaveProperty("cursor");
  });
  it.each([[null], [""]])("starts at the beginning for cursor %j", async (cursor) => {
    expect(await page({ limit: 3, cursor })).toMatchObject({ [list]: (await page({ limit: 3 }))[list] });
  });
  it("refuses a cursor in which a letter was changed, or to which something was added", async () => {
    const { cursor } = await page({ limit: 1 });
    const other = (letter: string) => (letter === "A" ? "B" : "A");
    // Regression: some were accepted, because decoding ignores characters outside the alphabet and bits after the last byte.
    for (const changed of [
      `${cursor}!`,
      `${cursor}=`,
      `${cursor}A`,
      `.${cursor}`,
      `${cursor.slice(0, 9)}.${cursor.slice(9)}`,
      cursor.slice(0, -1),
      ...[..."ABCDEFGH"].filter((letter) => letter !== cursor.at(-1)).map((letter) => cursor.slice(0, -1) + letter),
      other(cursor[0]) + cursor.slice(1),
    ]) {
      await faulty(["cursor"], () => read(vendor, { limit: 1, cursor: changed }));
    }
  });
  // Shorter keys occur in sealed cursors by chance: two letters in one of twenty.
  it("returns cursors that reveal nothing about the records at which they point", async () => {
    const { cursor } = await page({ limit: 3 });
    const bytes =
      Buffer.from(cursor, "base64").toString("latin1") + Buffer.from(cursor, "base64url").toString("latin1");
    for (const text of [vendor.applicationId, "PRACTICE", "VENDOR", "USER", `"pk"`, `"sk"`]) {
      expect(cursor).not.toContain(text);
      expect(bytes).not.toContain(text);
    }
  });

  describe("4060 names the field with the error", () => {
    it.each([[0], ["0"], [-1], [1001], ["1001"], [1.5], ["1.5"], ["ten"], ["1e2"], [true], [{}], [[5]], [1e300]])(
      "refuses limit %j",
      async (limit) => {
        await faulty(["limit"], () => read(vendor, { limit }));
      },
    );
    it.each([["junk"], ["x".repeat(200)], [4711], [true], [{}], [[]]])("refuses cursor %j", async (cursor) => {
      await faulty(["cursor"], () => read(vendor, { cursor }));
    });
    it("refuses another vendor's cursor", async () => {
      const other = await makeVendor();
      const { cursor } = await page({ limit: 3 });
      await faulty(["cursor"], () => read(other, { cursor }));
    });
    it("refuses a cursor in which any one character was changed or removed", async () => {
      const { cursor } = await page({ limit: 3 });
      const other = (character: string) => (character === "A" ? "B" : "A");
      const places = Array.from({ length: 20 }, (_, step) => Math.floor((step * (cursor.length - 1)) / 19));
      for (const place of places) {
        const changed = cursor.slice(0, place) + other(cursor[place]) + cursor.slice(place + 1);
        // The last character may have bits that decoding ignores.
        if (Buffer.from(changed, "base64url").equals(Buffer.from(cursor, "base64url"))) continue;
        await faulty(["cursor"], () => read(vendor, { cursor: changed }));
      }
      await faulty(["cursor"], () => read(vendor, { cursor: cursor.slice(0, -4) }));
      await faulty(["cursor"], () => read(vendor, { cursor: cursor.slice(4) }));
    });
    it("reports a wrong limit before it opens the cursor", async () => {
      await faulty(["limit"], () => read(vendor, { limit: 0, cursor: "junk" }));
    });
  });
}
