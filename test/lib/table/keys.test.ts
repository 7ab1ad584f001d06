import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as keys from "../../../lib/table/keys.ts";
import type { Key } from "../../../lib/table/records.ts";

/** Texts with the characters that keys are built with. */
const text = fc.string({
  unit: fc.constantFrom(
    "#",
    "%",
    "%23",
    "%25",
    "2",
    "3",
    "a",
    "A",
    "ä",
    "🙂",
    " ",
    "USER#",
    "PRACTICE#",
    "CLAIM",
    "VENDOR",
  ),
  maxLength: 6,
});

/** Every kind of key that the practices family uses, and the number of values it takes. */
const kinds: readonly [string, number, (...values: string[]) => Key][] = [
  ["vendor", 1, (a) => keys.vendorKey(a as string)],
  ["client key", 1, (a) => keys.clientKeyKey(a as string)],
  ["practice", 2, (a, b) => keys.practiceKey(practice(a, b))],
  ["user", 3, (a, b, c) => keys.userKey(user(a, b, c))],
  ["portal settings", 2, (a, b) => keys.portalSettingsKey(practice(a, b))],
  ["web address", 1, (a) => keys.webAddressKey(a as string)],
  ["Direct domain", 1, (a) => keys.directDomainKey(a as string)],
  ["login", 1, (a) => keys.loginKey(a as string)],
  ["Direct address", 3, (a, b, c) => keys.directAddressKey(practice(a, b), c as string)],
  ["tries", 1, (a) => keys.triesKey("login", a as string)],
];
const practice = (applicationId = "", accountId = "") => ({ applicationId, accountId });
const user = (applicationId = "", accountId = "", userId = "") => ({ applicationId, accountId, userId });

/** A record: its kind and its values. */
const record = fc
  .constantFrom(...kinds)
  .chain(([kind, values, keyOf]) =>
    fc
      .array(text, { minLength: values, maxLength: values })
      .map((given) => ({ name: [kind, ...given], key: keyOf(...given) })),
  );
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

describe("keys", () => {
  it("differ for any two different records, for all characters in their ids", () => {
    fc.assert(
      fc.property(record, record, (one, other) => {
        expect(same(one.key, other.key)).toBe(same(one.name, other.name));
      }),
      { numRuns: 5000 },
    );
  });
  it.each(kinds)("differ for any two different tuples of one kind: %s", (_, values, keyOf) => {
    const tuple = fc.array(text, { minLength: values, maxLength: values });
    fc.assert(
      fc.property(tuple, tuple, (one, other) => {
        expect(same(keyOf(...one), keyOf(...other))).toBe(same(one, other));
      }),
      { numRuns: 1000 },
    );
  });
  it.each<[string, string[], string[]]>([
    ["a # on the other side of the separator", ["a#b", "c"], ["a", "b#c"]],
    ["an encoded #", ["a#b", "c"], ["a%23b", "c"]],
    ["an encoded %", ["a%23", "c"], ["a%2523", "c"]],
    ["a separator written out", ["a", "b"], ["a#PRACTICE", "b"]],
  ])("of practices and users differ for %s", (_, [a, b], [c, d]) => {
    expect(keys.practiceKey(practice(a, b))).not.toEqual(keys.practiceKey(practice(c, d)));
    expect(keys.userKey(user(a, b, "u"))).not.toEqual(keys.userKey(user(c, d, "u")));
  });
  it("are within DynamoDB's limits, even for the longest values of the contract", () => {
    const longest = ["#", "🙂", "x"].map((character) => character.repeat(128));
    for (const value of longest) {
      for (const [, values, keyOf] of kinds) {
        const { pk, sk } = keyOf(...Array.from({ length: values }, () => value));
        expect(Buffer.byteLength(pk)).toBeLessThanOrEqual(2048);
        expect(Buffer.byteLength(sk)).toBeLessThanOrEqual(1024);
      }
    }
    const { pk } = keys.loginKey("🙂".repeat(254));
    expect(Buffer.byteLength(pk)).toBeLessThanOrEqual(2048);
  });
});

describe("prefixes", () => {
  it("match a record exactly when it belongs to the requested vendor or practice", () => {
    fc.assert(
      fc.property(text, text, record, (a, b, { name, key }) => {
        const under = (prefix: Key) => key.pk === prefix.pk && key.sk.startsWith(prefix.sk);
        expect(under(keys.practicePrefix(a))).toBe(name[0] === "practice" && name[1] === a);
        expect(under(keys.userPrefix(practice(a, b)))).toBe(name[0] === "user" && name[1] === a && name[2] === b);
      }),
      { numRuns: 5000 },
    );
  });
  it("match their own records", () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(keys.userKey(user(a, b, c)).pk).toBe(keys.userPrefix(practice(a, b)).pk);
        expect(keys.userKey(user(a, b, c)).sk.startsWith(keys.userPrefix(practice(a, b)).sk)).toBe(true);
        expect(keys.practiceKey(practice(a, b)).sk.startsWith(keys.practicePrefix(a).sk)).toBe(true);
      }),
    );
  });
  it("lead from a record inside a practice to the practice", () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(keys.practiceKeyAround(keys.userKey(user(a, b, c)))).toEqual(keys.practiceKey(practice(a, b)));
      }),
    );
  });
});

describe("a counter of guesses", () => {
  it("does not contain the guessed subject as plain text", () => {
    expect(JSON.stringify(keys.triesKey("login", "jane@example.com"))).not.toContain("jane");
  });
});

it("the list of unverified accounts has a partition for every id, whatever its last digit", () => {
  const ids = Array.from("0123456789abcdef", (digit) => `0123456789abcdef0123456${digit}`);
  const partitions = keys.unverifiedIndexPartitions.map(({ gsi1pk }) => gsi1pk);
  expect(ids.map((id) => keys.unverifiedIndexKey(id, "2026-01-01").gsi1pk)).toEqual(partitions);
});

it("the key of a device names neither its holder nor its cookie", () => {
  const { sk } = keys.deviceKey({ applicationId: "a", accountId: "b" }, "ada@example.org", "a-cookie");
  expect(sk).not.toMatch(/ada|cookie/);
});
