import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../../lib/crypto/digest.ts";
import { newId, randomText } from "../../../lib/crypto/random.ts";

describe("an id", () => {
  const moment = fc.date({ min: new Date(0), max: new Date("2106-02-07T00:00:00Z"), noInvalidDate: true });
  it("sorts by its time, to the millisecond", () => {
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        fc.pre(one.getTime() < other.getTime());
        expect(newId(one) < newId(other)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    const start = Date.UTC(2026, 0, 1);
    const ids = Array.from({ length: 3000 }, (_, ms) => newId(new Date(start + ms)));
    expect(ids.toSorted()).toEqual(ids);
  });
  it("is 24 hex digits, the first eight the seconds since 1970", () => {
    fc.assert(
      fc.property(moment, (now) => {
        const id = newId(now);
        expect(id).toMatch(/^[0-9a-f]{24}$/);
        expect(Number.parseInt(id.slice(0, 8), 16)).toBe(Math.floor(now.getTime() / 1000));
      }),
    );
  });
  it("differs each time, even at the same moment", () => {
    const now = new Date();
    expect(new Set(Array.from({ length: 10_000 }, () => newId(now))).size).toBe(10_000);
  });
});

describe("a random text", () => {
  it("has the wanted length and consists of letters and digits, all of which occur", () => {
    expect(randomText(0)).toBe("");
    const text = randomText(20_000);
    expect(text).toMatch(/^[A-Za-z0-9]{20000}$/);
    expect(new Set(text).size).toBe(62);
  });
  it("differs each time", () => {
    expect(new Set(Array.from({ length: 10_000 }, () => randomText(32))).size).toBe(10_000);
  });
});

describe("the digest of a secret", () => {
  it("is its SHA-256 in hex", () => {
    expect(digestOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
