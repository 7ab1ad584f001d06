import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hashes } from "../kit/cheap-hashes.ts";
import { sentMessages } from "../kit/outside.ts";
import { type Holder, minutesAfter, openPortal, type TestPortal } from "../kit/portal.ts";
import { type Response, type TableRequest, watchTable } from "../kit/system.ts";
import { outcomeOf } from "./attack.ts";

/*
 * Known, unknown and locked e-mails get the same answer, byte for byte, after the same work: the same requests to the
 * table in the same order, of the same shape and size, and the same hashes.
 */

let portal: TestPortal;
let known: Holder;
let unknown: string;
let malformed: string;
const start = new Date();
const at = (minutes: number) => ({ now: minutesAfter(start, minutes) });
let people = 0;

beforeAll(async () => {
  portal = await openPortal();
});
beforeEach(async () => {
  people += 1;
  const name = String(people).padStart(4, "0");
  known = await portal.register({ email: `known-${name}@example.org` }, at(-60));
  unknown = `where-${name}@example.org`;
  malformed = `where ${name}@example.org`;
});

/** The kind and size of a value: for text its length in bytes, for everything else its type. */
function outline(value: unknown): unknown {
  if (typeof value === "string") return `text of ${Buffer.byteLength(value)}`;
  if (typeof value === "number") return "number";
  if (Array.isArray(value)) return value.map(outline);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, outline(part)]));
}

interface Work {
  readonly answer: Response;
  /** The requests to the table, in order. */
  readonly table: readonly unknown[];
  /** How many requests were refused and how many were carried out. */
  readonly done: readonly boolean[];
  readonly hashes: number;
  readonly hashCost: string;
}

async function workOf(request: () => Promise<Response>): Promise<Work> {
  hashes.made = 0;
  hashes.lastCost = "";
  const { answer, requests } = await watchTable(request);
  const inOrder = requests.toSorted((one: TableRequest, other: TableRequest) => one.begun - other.begun);
  return {
    answer,
    table: inOrder.map(({ command, input }) => ({ command, input: outline(input) })),
    done: inOrder.map(({ done }) => done),
    hashes: hashes.made,
    hashCost: hashes.lastCost,
  };
}

function expectAlike(one: Work, other: Work): void {
  expect(other.answer).toEqual(one.answer);
  expect(other.table).toEqual(one.table);
  expect(other.done).toEqual(one.done);
  expect([other.hashes, other.hashCost]).toEqual([one.hashes, one.hashCost]);
}

/** The commands in their order, without sizes: the invalid e-mails differ in length. */
const commands = ({ table }: Work) => table.map((request) => (request as TableRequest).command);

describe("login", () => {
  const login = (email: string, minutes: number, body: object = {}) =>
    workOf(() => portal.visitor().post("accounts/login", { email, password: "wrong password", ...body }, at(minutes)));

  it("has the same answer and work for known and unknown e-mails, from the first try to the lock and after it", async () => {
    for (let attempt = 1; attempt <= 7; attempt++) {
      const real = await login(known.email, 0);
      const decoy = await login(unknown, 0);
      expect(outcomeOf(real.answer)).toBe(attempt <= 5 ? "kInvalidCredentials" : "kAccountLocked");
      expectAlike(real, decoy);
      expect(real.hashes).toBe(attempt <= 5 ? 1 : 0);
      const none = await login(malformed, 0);
      expect(none.answer).toEqual(real.answer);
      expect([commands(none), none.hashes, none.hashCost]).toEqual([commands(real), real.hashes, real.hashCost]);
    }
  });
  it("has the same answer and work when the lock has ended", async () => {
    for (let attempt = 1; attempt <= 5; attempt++) {
      await login(known.email, 0);
      await login(unknown, 0);
    }
    expectAlike(await login(known.email, 15.1), await login(unknown, 15.1));
  });
  it("has the same answer and work on a portal with a second factor, with and without code, cookie and location", async () => {
    const guarded = await openPortal({ twoFactor: true });
    const { email } = await guarded.register({ email: "known-0@example.org" });
    const location = { verificationToken: "123456", locationName: "Attic", singleUse: true };
    for (const body of [{}, { location }, { location: { verificationToken: "x" } }]) {
      const [real, decoy] = [email, "where-0@example.org"].map((stated) => () => {
        const client = guarded.visitor();
        client.cookies.set("md.fingerprint", "A".repeat(32));
        return workOf(() => client.post("accounts/login", { email: stated, password: "wrong password", ...body }));
      });
      if (real && decoy) expectAlike(await real(), await decoy());
    }
  });
  it("has the same answer and work for an account that an administrator has locked, if the password is wrong", async () => {
    await portal.administrator.put(`accounts/${known.id}`, { locked: true });
    expectAlike(await login(known.email, 0), await login(unknown, 0));
  });
  it("has the same answer and work for an account with large values", async () => {
    await known.put("accounts/me", { c_long: "x".repeat(60_000), profile: { provider: { npi: "1" } } }, at(-60));
    expectAlike(await login(known.email, 0), await login(unknown, 0));
  });
  it("makes one hash for passwords of every length and kind", async () => {
    const passwords = ["x", "x".repeat(257), "x".repeat(200_000), "\ud800", "ﷺ".repeat(2000)];
    for (const [place, password] of passwords.entries()) {
      const real = await login(known.email, place * 20, { password });
      expectAlike(real, await login(unknown, place * 20, { password }));
      expect(real.hashes).toBe(1);
    }
  });
  it("has the same answer and work when the password is not text", async () => {
    for (const password of [5, null, { $ne: "" }, ["x"], true]) {
      const real = await login(known.email, 0, { password });
      expect(outcomeOf(real.answer)).toBe("kNoCredentialsSupplied");
      expectAlike(real, await login(unknown, 0, { password }));
    }
  });
});

describe("request-password-reset", () => {
  const request = (email: string, minutes: number) =>
    workOf(() => portal.visitor().post("accounts/request-password-reset", { email }, at(minutes)));

  it("has the same answer and work for known and unknown e-mails: the first time, too soon, again, and more than five times an hour", async () => {
    for (const minutes of [0, 0.5, 1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 61]) {
      const real = await request(known.email, minutes);
      expect(real.answer.json).toEqual({ object: "result", data: true });
      expectAlike(real, await request(unknown, minutes));
      const none = await request(malformed, minutes);
      expect(none.answer).toEqual(real.answer);
      expect(commands(none)).toEqual(commands(real));
      expect(real.hashes).toBe(0);
    }
    expect((await sentMessages(known.email)).filter(({ subject }) => /^Reset/.test(subject))).toHaveLength(6);
  });
  it("has the same answer and work for an account that is locked after wrong passwords, and one that an administrator has locked", async () => {
    for (let attempt = 1; attempt <= 6; attempt++) {
      await portal.visitor().post("accounts/login", { email: known.email, password: "wrong" }, at(0));
    }
    expectAlike(await request(known.email, 0), await request(unknown, 0));
    await portal.administrator.put(`accounts/${known.id}`, { locked: true, activationRequired: true });
    expectAlike(await request(known.email, 1.1), await request(unknown, 1.1));
  });
  it("has the same answer for every invalid e-mail", async () => {
    const { answer } = await request(unknown, 0);
    const odd = [
      malformed,
      "@",
      " ",
      "x".repeat(10_000),
      "\ud800@example.org",
      5,
      true,
      {},
      [],
      [known.email],
      { $gt: "" },
    ];
    for (const email of [...odd, { toString: 1, valueOf: 1 }]) {
      const stated = await portal.visitor().post("accounts/request-password-reset", { email }, at(0));
      expect(stated).toEqual(answer);
    }
    expect((await sentMessages(known.email)).filter(({ subject }) => /^Reset/.test(subject))).toEqual([]);
  });
  it("sends no message for an e-mail that nobody has", async () => {
    const before = (await sentMessages()).length;
    await request(unknown, 0);
    await request(malformed, 0);
    expect(await sentMessages()).toHaveLength(before);
  });
});
