import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallerRights, kindOf, mayWrite, notConnected } from "../../../../lib/accounts/account/properties.ts";
import { applySteps, patchSteps, putSteps, type Step } from "../../../../lib/accounts/change/steps.ts";
import { type ErrorCode, Failure } from "../../../../lib/errors.ts";
import { anObject, aPath, aValue } from "../account/arbitraries.ts";

const id = "0123456789abcdef01234567";
const holder: CallerRights = { id, administrator: false, provider: false, connected: notConnected };
const administrator: CallerRights = {
  id: "111111111111111111111111",
  administrator: true,
  provider: false,
  connected: notConnected,
};
const application: CallerRights = { id: undefined, administrator: true, provider: false, connected: notConnected };
const provider: CallerRights = {
  id: "222222222222222222222222",
  administrator: false,
  provider: true,
  connected: notConnected,
};
const other: CallerRights = {
  id: "333333333333333333333333",
  administrator: false,
  provider: false,
  connected: notConnected,
};

type Json = Record<string, unknown>;
const whole = (): Json => ({
  name: { first: "Charles", middle: "Herbert", last: "Best", additional: ["Charley"] },
  mobile: "+16505555555",
  gender: "m",
  locale: "en_US",
  state: "unverified",
  locked: false,
  activationRequired: false,
  roles: ["000000000000000000000005"],
  preferences: { notifications: [{ name: "c_notifier", endpoints: [{ name: "sms", enabled: false }] }] },
  profile: { provider: { npi: "1", state: "processing", license: { number: "777" }, visibility: { public: false } } },
  c_note: "x",
  c_plan: { a: { b: 1 }, list: [1, { two: 2 }] },
});

/** The message of a failure. Rethrows other errors. */
function failureOf(work: () => unknown): { code: ErrorCode; paths: string[] } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.code, paths: error.fieldErrors.map(({ field }) => field).toSorted() };
  }
}

it("a body nests at most 16 levels", () => {
  const nested = (levels: number): Json => (levels === 1 ? { a: 1 } : { a: nested(levels - 1) });
  expect(putSteps({ c_x: nested(15) })).toHaveLength(1);
  expect(() => putSteps({ c_x: nested(16) })).toThrow(Failure);
});

describe("putSteps", () => {
  const cases: readonly [string, Json, Step[]][] = [
    ["a value", { gender: "f" }, [{ op: "set", path: ["gender"], value: "f" }]],
    ["null as unset", { gender: null }, [{ op: "unset", path: ["gender"] }]],
    [
      "a document by its parts",
      { name: { first: "A", middle: null } },
      [
        { op: "set", path: ["name", "first"], value: "A" },
        { op: "unset", path: ["name", "middle"] },
      ],
    ],
    ["an empty document as no steps", { name: {}, profile: { provider: { license: {} } } }, []],
    [
      "a document property that is not an object as a value",
      { name: "A" },
      [{ op: "set", path: ["name"], value: "A" }],
    ],
    ["an array as one value", { roles: ["a", "b"] }, [{ op: "set", path: ["roles"], value: ["a", "b"] }]],
    [
      "a custom object by its parts",
      { c_plan: { a: { b: 1 }, c: [{}] } },
      [
        { op: "set", path: ["c_plan", "a", "b"], value: 1 },
        { op: "set", path: ["c_plan", "c"], value: [{}] },
      ],
    ],
    ["an empty object as no steps", {}, []],
  ];
  it.each(cases)("reads %s", (_, body, steps) => {
    const read = putSteps(body).map(({ op, path, value }) => (op === "unset" ? { op, path } : { op, path, value }));
    expect(read).toEqual(steps);
  });
  it.each([
    [{ nickname: "x" }],
    [{ name: { nick: "x" } }],
    [{ profile: { nurse: {} } }],
    [{ "name.first": "x" }],
    [{ c_: 1 }],
    [{ "c_a-b": 1 }],
    [{ c_plan: { "a b": 1 } }],
    [{ c_plan: { constructor: 1 } }],
    [JSON.parse('{"__proto__":{"a":1}}')],
    [JSON.parse('{"c_plan":{"__proto__":{"a":1}}}')],
    [Object.fromEntries(Array.from({ length: 1000 }, (_, place) => [`c_${place}`, place]))],
  ])("refuses %j", (body) => {
    expect(failureOf(() => putSteps(body))?.code).toBe("kInvalidArgument");
  });
  it("throws only kInvalidArgument, for any input", () => {
    fc.assert(
      fc.property(anObject, (body) => {
        expect([undefined, "kInvalidArgument"]).toContain(failureOf(() => putSteps(body))?.code);
      }),
    );
  });
});

describe("patchSteps", () => {
  const set: Step = { op: "set", path: ["name", "first"], value: "A" };
  const cases: readonly [string, unknown, Step[]][] = [
    ["one operation", { op: "set", path: "/name/first", value: "A" }, [set]],
    ["a dotted path", { op: "set", path: "name.first", value: "A" }, [set]],
    [
      "an array",
      [
        { op: "set", path: "name.first", value: "A" },
        { op: "unset", path: "/tz" },
      ],
      [set, { op: "unset", path: ["tz"] }],
    ],
    ["set of null as unset", { op: "set", path: "/tz", value: null }, [{ op: "unset", path: ["tz"] }]],
    ["unset with a value", { op: "unset", path: "/tz", value: 1 }, [{ op: "unset", path: ["tz"] }]],
    ["push of false", { op: "push", path: "/c_list", value: false }, [{ op: "push", path: ["c_list"], value: false }]],
    [
      "remove of null",
      { op: "remove", path: "/c_list", value: null },
      [{ op: "remove", path: ["c_list"], value: null }],
    ],
  ];
  it.each(cases)("reads %s", (_, body, steps) => {
    expect(patchSteps(body)).toEqual(steps);
  });
  it("throws only kInvalidArgument, for any input", () => {
    const operation = fc.record(
      {
        op: fc.oneof(fc.constantFrom("set", "unset", "push", "remove"), aValue),
        path: fc.oneof(aPath, aValue),
        value: aValue,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(operation, fc.array(operation), aValue), (body) => {
        expect([undefined, "kInvalidArgument"]).toContain(failureOf(() => patchSteps(body))?.code);
      }),
    );
  });
});

describe("applySteps", () => {
  const changed = (steps: readonly Step[], caller: CallerRights = holder, before = whole()) =>
    applySteps(before, steps, { id }, caller);
  it("does not change the given document", () => {
    const before = whole();
    changed(putSteps({ name: { first: "A" }, c_plan: { a: { b: 2 } }, preferences: null }), holder, before);
    expect(before).toEqual(whole());
  });
  it("returns the favorite separately from the document", () => {
    expect(changed(putSteps({ favorite: true }))).toEqual({ document: whole(), favorite: true });
    expect(changed(putSteps({ favorite: "false" })).favorite).toBe(false);
    expect(changed(putSteps({ favorite: null })).favorite).toBe(false);
    expect(changed(putSteps({ gender: "f" })).favorite).toBeUndefined();
  });
  it("removes empty documents, but keeps empty custom objects", () => {
    const { document } = changed(
      patchSteps([
        { op: "unset", path: "profile.provider.license.number" },
        { op: "unset", path: "preferences.notifications" },
        { op: "unset", path: "c_plan.a.b" },
      ]),
    );
    expect(document.profile).toEqual({ provider: { npi: "1", state: "processing", visibility: { public: false } } });
    expect(document).not.toHaveProperty("preferences");
    expect(document.c_plan).toEqual({ a: {}, list: [1, { two: 2 }] });
  });
  const denials: readonly [string, CallerRights, Json, string[]][] = [
    [
      "an administrator's properties by the holder",
      holder,
      { state: "verified", locked: true, gender: "f" },
      ["account.locked", "account.state"],
    ],
    [
      "a part of a document by the holder",
      holder,
      { profile: { provider: { npi: "2", state: "x" } } },
      ["account.profile.provider.state"],
    ],
    ["the document around that part by the holder", holder, { profile: null }, ["account.profile.provider.state"]],
    [
      "the server's properties by anyone",
      application,
      { email: "x", _id: null, key: { a: 1 } },
      ["account._id", "account.email", "account.key"],
    ],
    [
      "the server's properties by an administrator (the holder's are allowed)",
      administrator,
      { name: { first: "A" }, gender: "f", mobile: "x", c_note: 1, email: "x", key: { a: 1 } },
      ["account.email", "account.key"],
    ],
    [
      "anything but the own mark by a provider",
      provider,
      { favorite: true, name: { first: "A" } },
      ["account.name.first"],
    ],
    ["even the mark by others", other, { favorite: true }, ["account.favorite"]],
  ];
  it.each(denials)("refuses a write of %s, and names each path", (_, caller, body, paths) => {
    expect(failureOf(() => changed(putSteps(body), caller))).toEqual({ code: "kAccessDenied", paths });
  });

  /** The single values of a document, by path. */
  function valuesOf(document: Json, at: readonly string[] = []): Map<string, unknown> {
    const values = new Map<string, unknown>();
    for (const [name, value] of Object.entries(document)) {
      const path = [...at, name];
      const isDocument =
        kindOf(path) === "document" && typeof value === "object" && value !== null && !Array.isArray(value);
      if (!isDocument) values.set(path.join("."), value);
      else for (const [below, part] of valuesOf(value as Json, path)) values.set(below, part);
    }
    return values;
  }
  const standings = fc.constantFrom(holder, administrator, application, provider, other);
  const operation = fc.record({ op: fc.constantFrom("set", "unset", "push", "remove"), path: aPath, value: aValue });
  const bodies = fc.oneof(
    anObject.map((body) => () => putSteps(body)),
    fc.array(operation, { minLength: 1, maxLength: 4 }).map((body) => () => patchSteps(body)),
  );

  it("never changes a value that the caller may not write, for any steps", () => {
    fc.assert(
      fc.property(bodies, standings, (read, caller) => {
        let change: Json = whole();
        const failure = failureOf(() => {
          change = changed(read(), caller).document;
        });
        expect([undefined, "kInvalidArgument", "kAccessDenied"]).toContain(failure?.code);
        const [before, now] = [valuesOf(whole()), valuesOf(change)];
        for (const path of new Set([...before.keys(), ...now.keys()])) {
          if (mayWrite(path.split("."), { id }, caller)) continue;
          // A step may replace a document by another type. That is refused later; until then there is nothing below it.
          expect(now.get(path)).toEqual(before.get(path));
        }
      }),
      { numRuns: 2000 },
    );
  });
  it("refuses with kAccessDenied only what the caller may not write", () => {
    fc.assert(
      fc.property(bodies, standings, (read, caller) => {
        const failure = failureOf(() => changed(read(), caller));
        if (failure?.code !== "kAccessDenied") return;
        expect(failure.paths.length).toBeGreaterThan(0);
        for (const path of failure.paths) {
          const names = path.split(".").slice(1);
          expect(kindOf(names) === "document" || !mayWrite(names, { id }, caller)).toBe(true);
        }
      }),
    );
  });
  it("never reaches into the prototype of objects", () => {
    const names = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(bodies, (read) => {
        failureOf(() => changed(read()));
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names);
      }),
    );
  });
  it("has the same result when applied twice, except for push", () => {
    fc.assert(
      fc.property(anObject, (body) => {
        let once: Json | undefined;
        failureOf(() => {
          once = changed(putSteps(body)).document;
        });
        if (once) expect(changed(putSteps(body), holder, once).document).toEqual(once);
      }),
    );
  });
});
