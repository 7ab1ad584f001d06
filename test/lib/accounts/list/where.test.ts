import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readWhere } from "../../../../lib/accounts/list/where.ts";
import { Failure } from "../../../../lib/errors.ts";
import { aValue } from "../account/arbitraries.ts";

const view = (more: Record<string, unknown> = {}) => ({
  _id: "5525fc2db7995d2c2807632a",
  object: "account",
  email: "charles.best@example.org",
  mobile: "+16505555555",
  name: { first: "Charles", last: "Best" },
  state: "verified",
  locked: false,
  roles: ["000000000000000000000005", "587012227d67efea0843fa80"],
  gender: "m",
  created: "2015-04-15T16:56:32.052Z",
  favorite: true,
  ...more,
});
const where = (filter: unknown, access: 2 | 6 = 6) => readWhere(JSON.stringify(filter), access);
const matches = (filter: unknown, more?: Record<string, unknown>) => where(filter).matches(view(more));
const reasonOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure && error.code === "kInvalidArgument") return error.reason ?? "";
    throw error;
  }
  throw new Error("expected a failure");
};

it("a filter has at most five levels of $and and $or", () => {
  const nested = (levels: number): object => (levels === 0 ? { state: "verified" } : { $or: [nested(levels - 1)] });
  expect(matches(nested(5))).toBe(true);
  expect(reasonOf(() => where(nested(6)))).toBe("where is nested too deeply");
});

describe("matches", () => {
  it.each([
    [{}, true],
    [{ _id: "5525fc2db7995d2c2807632a" }, true],
    [{ _id: "5525fc2db7995d2c2807632b" }, false],
    [{ _id: { $gt: "5525fc2db7995d2c2807632a" } }, false],
    [{ _id: { $gte: "5525fc2db7995d2c2807632a" } }, true],
    [{ _id: { $lt: "5525fc2db7995d2c2807632a" } }, false],
    [{ _id: { $lte: "5525fc2db7995d2c2807632a" } }, true],
    [{ email: " Charles.BEST@example.org" }, true],
    [{ email: { $ne: "CHARLES.best@example.org" } }, false],
    [{ mobile: "(650) 555-5555" }, true],
    [{ mobile: { $in: ["1", "650 555 5555"] } }, true],
    [{ "name.first": "Charles" }, true],
    [{ "name.first": "charles" }, false],
    [{ "name.first": { $gt: "Char", $lt: "Chas" } }, true],
    [{ "name.last": { $regex: "/^Be/" } }, true],
    [{ "name.last": { $regex: "/^be/" } }, false],
    [{ "name.last": { $regex: "/^be/i" } }, true],
    [{ "name.last": { $regex: "/^est/" } }, false],
    [{ "name.last": { $regex: "/^/" } }, true],
    [{ mobile: { $regex: "/^\\+1650/" } }, true],
    [{ mobile: { $regex: "/^1650/" } }, false],
    [{ state: "verified" }, true],
    [{ locked: false }, true],
    [{ locked: true }, false],
    [{ locked: "false" }, true],
    [{ locked: "TRUE" }, false],
    [{ locked: { $in: ["False"] } }, true],
    [{ locked: "no" }, false],
    [{ favorite: "True" }, true],
    [{ _id: "5525FC2DB7995D2C2807632A" }, true],
    [{ _id: { $gte: "5525FC2DB7995D2C2807632A", $lte: "5525FC2DB7995D2C2807632A" } }, true],
    [{ roles: "587012227D67EFEA0843FA80" }, true],
    [{ "name.first": " Charles " }, true],
    [{ favorite: true }, true],
    [{ favorite: "1" }, false],
    [{ roles: "587012227d67efea0843fa80" }, true],
    [{ roles: { $in: ["x", "000000000000000000000005"] } }, true],
    [{ roles: { $ne: "587012227d67efea0843fa80" } }, false],
    [{ roles: { $ne: "x" } }, true],
    [{ gender: { $in: [] } }, false],
    [{ created: { $gte: "2015-04-15", $lt: "2015-04-16" } }, true],
    [{ created: { $regex: "/^2015-04/" } }, true],
    [{ gender: "m", state: "unverified" }, false],
    [{ $and: [{ gender: "m" }, { state: "verified" }] }, true],
    [{ $and: [{ gender: "m" }, { state: "unverified" }] }, false],
    [{ $or: [{ gender: "f" }, { state: "verified" }] }, true],
    [{ $or: [{ gender: "f" }, { state: "unverified" }] }, false],
    [{ $or: [{ gender: "m" }], $and: [{ gender: "f" }] }, false],
  ])("%j: %s", (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });
  it("treats an unset property as different from every value, and as neither less nor greater", () => {
    const unset = { gender: undefined, roles: [] };
    expect(matches({ gender: "m" }, unset)).toBe(false);
    expect(matches({ gender: { $ne: "m" } }, unset)).toBe(true);
    expect(matches({ gender: { $gte: "" } }, unset)).toBe(false);
    expect(matches({ gender: { $regex: "/^/" } }, unset)).toBe(false);
    expect(matches({ roles: { $ne: "x" } }, unset)).toBe(true);
  });
});

describe("narrowing by keys", () => {
  const id = (digit: string) => digit.repeat(24);
  it.each([
    [{}, { ids: undefined, email: undefined, from: undefined, to: undefined }],
    [{ state: "verified" }, { ids: undefined, email: undefined }],
    [{ _id: id("a") }, { ids: [id("a")] }],
    [{ _id: { $in: [id("a"), "x", id("b")] } }, { ids: [id("a"), id("b")] }],
    [{ $and: [{ _id: id("a") }] }, { ids: [id("a")] }],
    [{ $or: [{ _id: id("a") }] }, { ids: undefined }],
    [{ _id: { $ne: id("a") } }, { ids: undefined }],
    [{ _id: { $gt: id("a"), $lte: id("c") } }, { from: id("a"), to: id("c") }],
    [{ $and: [{ _id: { $gt: id("a") } }, { _id: { $gte: id("b") } }] }, { from: id("b"), to: undefined }],
    [{ $and: [{ _id: { $lt: id("c") } }, { _id: { $lt: id("b") } }] }, { from: undefined, to: id("b") }],
    [{ $or: [{ _id: { $gt: id("a") } }] }, { from: undefined }],
    [{ email: " Charles@Example.org" }, { email: "charles@example.org" }],
    [{ email: { $eq: "charles@example.org" } }, { email: "charles@example.org" }],
    [{ email: { $ne: "charles@example.org" } }, { email: undefined }],
    [{ $or: [{ email: "charles@example.org" }] }, { email: undefined }],
  ])("for %j is %j", (filter, expected) => {
    expect(where(filter)).toMatchObject(expected);
  });
  it.each([
    [{}, false],
    [{ _id: { $gt: id("a") } }, false],
    [{ $and: [{ _id: { $gt: id("a") } }, { _id: { $lt: id("b") } }] }, false],
    [{ _id: { $ne: id("a") } }, true],
    [{ state: "verified" }, true],
    [{ _id: { $gt: id("a") }, state: "verified" }, true],
    [{ $or: [{ _id: { $gt: id("a") } }] }, true],
  ])("says whether %j has other conditions: %s", (filter, expected) => {
    expect(where(filter).filters).toBe(expected);
  });
});

describe("refusals", () => {
  it.each([
    ["x", "where"],
    ["[]", "where"],
    ["null", "where"],
    ['{"nickname":1}', "nickname"],
    ['{"__proto__":1}', "__proto__"],
    ['{"dob":"1999-01-01"}', "dob"],
    ['{"name":"x"}', "name"],
    ['{"$nor":[]}', "$nor"],
    ['{"$or":[]}', "$or"],
    ['{"$and":{}}', "$and"],
    ['{"email":{"$exists":true}}', "$exists"],
    ['{"email":{"__proto__":"x"}}', "__proto__"],
    ['{"email":{}}', "email"],
    ['{"email":null}', "email"],
    ['{"email":{"$in":"x"}}', "email"],
    ['{"locked":{"$gt":true}}', "locked"],
    ['{"email":{"$regex":"/x/"}}', "$regex"],
    ['{"email":{"$regex":"/^(a|b)/"}}', "$regex"],
    ['{"email":{"$regex":"/^a/x"}}', "$regex"],
    ['{"email":{"$regex":5}}', "$regex"],
  ])("for %s name %s", (text, name) => {
    expect(reasonOf(() => readWhere(text, 6))).toContain(name);
  });
  it.each(["email", "mobile", "state", "locked", "roles", "gender", "created"])(
    "for %s at access 2, which may not read it",
    (name) => {
      const operand = name === "created" ? "2030-01-01" : "x";
      expect(reasonOf(() => where({ [name]: operand }, 2))).toContain(name);
      expect(reasonOf(() => where({ $or: [{ _id: "x" }, { [name]: operand }] }, 2))).toContain(name);
      expect(where({ [name]: operand }, 6)).toBeDefined();
    },
  );
  it.each(["_id", "name.first", "name.last", "favorite"])("do not concern %s at access 2", (name) => {
    expect(where({ [name]: "x" }, 2)).toBeDefined();
  });
  it("for a where that is not text, but not for an absent one", () => {
    for (const value of [null, 5, {}, ["{}"]]) expect(reasonOf(() => readWhere(value, 6))).toContain("where");
    for (const value of [undefined, ""]) expect(readWhere(value, 6).matches(view())).toBe(true);
  });
});

const names = [
  "_id",
  "email",
  "mobile",
  "name.first",
  "name.last",
  "state",
  "locked",
  "roles",
  "gender",
  "created",
  "favorite",
];
const operators = ["$eq", "$ne", "$in", "$gt", "$gte", "$lt", "$lte", "$regex", "$exists", "$or", "constructor"];
const ids = ["5525fc2db7995d2c2807632a", "5525fc2db7995d2c2807632b", "000000000000000000000000", "g", ""];
const operand = fc.oneof(
  fc.constantFrom<unknown>(...ids, "charles.best@example.org", "CHARLES.best@example.org ", "/^C/i", true, false),
  fc.array(fc.constantFrom(...ids), { maxLength: 3 }),
  aValue,
);
const condition = fc.oneof(operand, fc.dictionary(fc.constantFrom(...operators), operand, { maxKeys: 2 }));
/** Filters, most of them valid. */
const filter = fc.letrec<{ filter: unknown }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.dictionary(fc.constantFrom(...names), condition, { maxKeys: 3 }),
    fc.record({ $and: fc.array(tie("filter"), { maxLength: 3 }) }),
    fc.record({ $or: fc.array(tie("filter"), { maxLength: 3 }) }),
    aValue,
  ),
})).filter;
const goodCondition = fc.oneof(
  fc.constantFrom<unknown>(...ids),
  fc.dictionary(fc.constantFrom("$gt", "$gte", "$lt", "$lte", "$eq", "$ne"), fc.constantFrom(...ids), {
    minKeys: 1,
    maxKeys: 2,
  }),
  fc.record({ $in: fc.array(fc.constantFrom(...ids), { maxLength: 3 }) }),
);
const goodFilter = fc.letrec<{ filter: unknown }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ _id: goodCondition, email: fc.constantFrom("charles.best@example.org", "x") }, { requiredKeys: [] }),
    fc.record({ $and: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ $or: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
  ),
})).filter;

describe("for any input", () => {
  const codeOf = (work: () => unknown): unknown => {
    try {
      work();
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return error.code;
    }
  };
  const access = fc.constantFrom(2 as const, 6 as const);
  it("reading throws only kInvalidArgument", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      filter.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.oneof(text, aValue), access, (stated, level) => {
        expect([undefined, "kInvalidArgument"]).toContain(codeOf(() => readWhere(stated, level)));
      }),
      { numRuns: 2000 },
    );
  });
  it("testing an account never throws", () => {
    fc.assert(
      fc.property(filter, aValue, (stated, part) => {
        codeOf(() => {
          const { matches } = where(stated);
          for (const judged of [view(), {}, { name: part, roles: part, email: part, _id: part }]) matches(judged);
        });
      }),
    );
  });
  it("every matching account is among the keys that are read", () => {
    fc.assert(
      fc.property(
        goodFilter,
        fc.constantFrom(...ids),
        fc.constantFrom("charles.best@example.org", "x"),
        (stated, _id, email) => {
          const { matches, ids: named, email: wanted, from = "", to = "~" } = where(stated);
          if (!/^[0-9a-f]{24}$/.test(_id) || !matches(view({ _id, email }))) return;
          if (named) expect(named).toContain(_id);
          if (wanted !== undefined) expect(email).toBe(wanted);
          expect(_id >= from && _id <= to).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
  it("a filter with only bounds of ids matches every account strictly within them", () => {
    fc.assert(
      fc.property(goodFilter, fc.constantFrom(...ids.slice(0, 3)), (stated, _id) => {
        const { matches, filters, from = "", to = "~" } = where(stated);
        if (!filters && _id > from && _id < to) expect(matches(view({ _id }))).toBe(true);
      }),
    );
  });
});
