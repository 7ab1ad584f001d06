import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { accountFrom } from "../../lib/accounts/account/account.ts";
import { portalAccountKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { expectSuccess, type Holder, openPortal, roles, type TestPortal } from "../kit/portal.ts";
import type { Response } from "../kit/system.ts";
import { expectDocumented, expectUnpolluted, outcomeOf } from "./attack.ts";

let portal: TestPortal;
let holder: Holder;
let provider: Holder;
let administrator: Holder;
beforeAll(async () => {
  portal = await openPortal();
  holder = await portal.register({ dob: "1990-02-03", c_note: { a: [1] }, profile: { provider: { npi: "1" } } });
  provider = await portal.signedIn([roles.provider]);
  administrator = await portal.signedIn([roles.administrator]);
  await expectSuccess(
    portal.administrator.put(`accounts/${holder.id}`, { profile: { provider: { state: "pending" } } }),
  );
});
afterEach(expectUnpolluted);

const words =
  "name first last additional mobile dob gender tz locale state locked activationRequired roles profile provider license number npi visibility public preferences notifications endpoints _id enabled label favorite key secret fingerprint email access updated updater created age object shared inherited_roles connections c_note c_x a b 0 length __proto__ constructor prototype toString hasOwnProperty toJSON profile.provider.state op path value operations password token location $eq $gt $in $or".split(
    " ",
  );
const word = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...words) },
  fc.constant(""),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const scalar = fc.oneof(
  fc.constantFrom(null, true, false, "true", 0, -1, 1e308, "", "f", "de", "1990-01-01", "+16505555555", "verified"),
  fc.constantFrom("US/Pacific", "000000000000000000000004", "approved", "\u0000", "\ud800", "\u202e", "x".repeat(300)),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
/** JSON text, so that a name can be any text and can occur twice. */
const { json, object } = fc.letrec<{ json: string; object: string; array: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar.map((value) => JSON.stringify(value)),
    tie("object"),
    tie("array"),
  ),
  object: fc
    .array(fc.tuple(word, tie("json")), { maxLength: 4 })
    .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`),
  array: fc.array(tie("json"), { maxLength: 4 }).map((parts) => `[${parts.join(",")}]`),
}));
const path = fc
  .tuple(fc.constantFrom("", "/", "//"), fc.array(word, { maxLength: 4 }), fc.constantFrom("/", "."))
  .map(([start, names, separator]) => JSON.stringify(start + names.join(separator)));
const operation = fc
  .tuple(fc.constantFrom("set", "unset", "push", "remove", "replace"), path, json)
  .map(([op, at, value]) => `{"op":"${op}","path":${at},"value":${value}}`);
const patch = fc.oneof(
  operation,
  fc.array(operation, { maxLength: 4 }).map((all) => `[${all.join(",")}]`),
  json,
);
/** A body like one that a client could send: real property names with values of all kinds. */
const put = fc.oneof(
  object,
  fc.tuple(fc.constantFrom(...words), json).map(([name, value]) => `{"${name}":${value}}`),
  fc.tuple(json, json).map(([state, rest]) => `{"profile":{"provider":{"state":${state},"npi":${rest}}}}`),
  json,
);
const change = fc.oneof(
  put.map((body) => ["PUT", body] as const),
  patch.map((body) => ["PATCH", body] as const),
);

const whole = () => expectSuccess(portal.administrator.get(`accounts/${holder.id}`));
/** The properties of an account that only the server or an administrator may write. */
const guarded = ({
  name,
  mobile,
  dob,
  age,
  gender,
  tz,
  locale,
  preferences,
  profile,
  updated,
  updater,
  ...rest
}: Response["json"]) => ({
  ...Object.fromEntries(Object.entries(rest).filter(([property]) => !property.startsWith("c_"))),
  providerState: profile?.provider?.state,
});
const runs = (numRuns: number) => ({ numRuns, endOnFailure: true });

describe("any PUT or PATCH", () => {
  it("by the holder never changes properties that they may not write, and is answered as documented", async () => {
    const before = guarded(await whole());
    await fc.assert(
      fc.asyncProperty(change, async ([method, body]) => {
        const answer = await holder.send(method, "accounts/me", { body });
        expectDocumented(answer);
        expect(guarded(await whole())).toEqual(before);
        expectUnpolluted();
      }),
      runs(150),
    );
  });
  it("by a provider never changes another account", async () => {
    const before = await whole();
    await fc.assert(
      fc.asyncProperty(change, async ([method, body]) => {
        expectDocumented(await provider.send(method, `accounts/${holder.id}`, { body }));
        expect(await whole()).toEqual(before);
      }),
      runs(80),
    );
  });
  it("by an administrator never changes the e-mail, the key, the password or properties that only the server writes", async () => {
    const own = async () => {
      const { id, email, key, passwordHash, createdAt } =
        accountFrom((await readItems({ account: portalAccountKey({ ...portal.practice, id: holder.id }) })).account) ??
        {};
      return { id, email, key, passwordHash, createdAt };
    };
    const before = await own();
    expect(before.email).toBe(holder.email);
    await fc.assert(
      fc.asyncProperty(change, async ([method, body]) => {
        expectDocumented(await administrator.send(method, `accounts/${holder.id}`, { body }));
        expect(await own()).toEqual(before);
      }),
      runs(80),
    );
  });
  it("returns the account as it is stored", async () => {
    const person = await portal.register();
    await fc.assert(
      fc.asyncProperty(change, async ([method, body]) => {
        const answer = await person.send(method, "accounts/me", { body });
        if (outcomeOf(answer) !== "ok") return;
        expect(await expectSuccess(person.get("accounts/me"))).toEqual(answer.json);
      }),
      runs(60),
    );
  });
});

describe("any query of a list", () => {
  const property = fc.constantFrom(
    ..."_id email mobile name.first name.last state locked roles gender created favorite key.secret dob c_note __proto__ name passwordHash".split(
      " ",
    ),
  );
  const operand = fc.oneof(
    fc.constantFrom(
      "/^s/i",
      "/^C/",
      "/(a+)+$/",
      "Charles",
      "0",
      "g",
      "\uffff",
      "\ud800",
      "\u{10000}",
      "verified",
      true,
    ),
    fc.constantFrom("5b0000000000000000000000", "ffffffffffffffffffffffff"),
    scalar,
    fc.array(scalar, { maxLength: 3 }),
  );
  const operator = fc.constantFrom(..."$eq $ne $in $gt $gte $lt $lte $regex $where $exists __proto__".split(" "));
  const { where } = fc.letrec<{ where: object }>((tie) => ({
    where: fc.oneof(
      { depthSize: "small" },
      fc.tuple(property, operand).map(([name, value]) => ({ [name]: value })),
      fc.tuple(property, fc.dictionary(operator, operand, { maxKeys: 3 })).map(([name, tests]) => ({ [name]: tests })),
      fc
        .tuple(fc.constantFrom("$and", "$or"), fc.array(tie("where"), { maxLength: 3 }))
        .map(([op, all]) => ({ [op]: all })),
      fc.tuple(tie("where"), tie("where")).map(([one, other]) => ({ ...one, ...other })),
    ),
  }));
  const text = fc.oneof(
    { weight: 6, arbitrary: where.map((filter) => JSON.stringify(filter)) },
    json,
    where.map((filter) => JSON.stringify(filter).slice(0, -1)),
  );

  it("with a filter is answered as documented, only with accounts that the caller may see and properties that they may read", async () => {
    const seen = ["_id", "access", "favorite", "name", "object", "shared"];
    await fc.assert(
      fc.asyncProperty(text, async (filter) => {
        const query = `accounts?where=${encodeURIComponent(filter.toWellFormed())}`;
        for (const client of [administrator, provider, holder]) {
          const answer = await client.get(query);
          expectDocumented(answer);
          if (outcomeOf(answer) !== "ok") continue;
          for (const account of answer.json.data) {
            if (client === holder) expect(account._id).toBe(holder.id);
            if (client === provider && account._id !== provider.id) {
              expect(Object.keys(account).filter((name) => !seen.includes(name) && !/^update[dr]$/.test(name))).toEqual(
                [],
              );
            }
            expect(account).not.toHaveProperty("key");
          }
        }
      }),
      runs(100),
    );
  });
  it("is answered as documented", async () => {
    const name = fc.constantFrom("limit", "skip", "sort", "where", "paths", "include", "expand", "__proto__", "a");
    const brackets = fc
      .array(word, { maxLength: 3 })
      .map((names) => names.map((each) => `[${encodeURIComponent(each.toWellFormed())}]`).join(""));
    const value = fc.oneof(
      fc.constantFrom("1", "-1", "1e3", "_id", "updater", "true", "%", "%00", "%ff"),
      word.map((each) => encodeURIComponent(each.toWellFormed())),
    );
    const pair = fc.tuple(name, brackets, value).map(([first, rest, last]) => `${first}${rest}=${last}`);
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { maxLength: 5 }), async (pairs) => {
        for (const path of ["accounts", "accounts/me", "accounts/status"]) {
          expectDocumented(await holder.get(`${path}?${pairs.join("&")}`));
        }
      }),
      runs(50),
    );
  });
});

describe("any body from a caller who has not signed in", () => {
  it.each([
    "accounts/login",
    "accounts/register",
    "accounts/request-password-reset",
    "accounts/reset-password",
    "token",
  ])("is answered as documented by %s", async (path) => {
    const field = fc.constantFrom(
      "email",
      "password",
      "token",
      "location",
      "name",
      "mobile",
      "c_x",
      "profile",
      "roles",
    );
    const body = fc.tuple(fc.array(fc.tuple(field, json), { maxLength: 4 }), fc.boolean()).map(([fields, isArray]) => {
      const text = `{${fields.map(([name, value]) => `"${name}":${value}`).join(",")}}`;
      return isArray && fields.length === 0 ? `[${text}]` : text;
    });
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        expectDocumented(await portal.visitor().post(path, text));
      }),
      runs(40),
    );
  });
  it("a path of a property is answered as documented", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async (names) => {
        const segments = names.map((name) => encodeURIComponent(name.toWellFormed()));
        if (segments.every((segment) => segment === "")) return;
        expectDocumented(await holder.get(`accounts/${holder.id}/${segments.join("/")}`));
      }),
      runs(60),
    );
  });
});
