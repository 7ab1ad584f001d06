import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  type Holder,
  minutesAfter,
  openPortal,
  type PortalOptions,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { allItems, type TableRequest, watchTable } from "../../kit/system.ts";
import { expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { describeCall } from "./suites.ts";

describeCall("AccountRequestPasswordReset", async (portal) => ({
  client: portal.visitor(),
  path: "accounts/request-password-reset",
  body: { email: "charles.best@medable.example" },
}));

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});

const start = new Date();
const seconds = (count: number) => new Date(+start + count * 1000);
const request = (email: unknown, now: Date = start, options: PortalOptions = {}) =>
  portal.visitor().post("accounts/request-password-reset", { email }, { now, ...options });
/** The mails with a link to reset the password, newest first. */
const mailsTo = async ({ email }: Holder) =>
  (await sentMessages(email)).filter(({ text }) => text.includes("/reset-password?"));
const reset = (token: string, now: Date = start) =>
  portal.visitor().post("accounts/reset-password", { token, password: "quaint walrus jabs" }, { now });

describe("200 result true", () => {
  it("mails a link with a token of 32 characters, only to the holder's address", async () => {
    const person = await portal.register();
    expectResult(await request(person.email));
    const [mail, ...more] = await mailsTo(person);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ channel: "email", to: person.email });
    const link = `https://${portal.org}.portal.example.com/reset-password?token=${tokenIn(mail)}`;
    expect(mail?.text).toContain(`${link}\n`);
    expect(mail?.html).toContain(`"${link}"`);
    expectResult(await reset(tokenIn(mail)));
  });
  it("does not store the token itself in the table", async () => {
    const person = await portal.register();
    await request(person.email);
    const token = tokenIn((await mailsTo(person))[0]);
    expect(JSON.stringify(await allItems())).not.toContain(token);
  });
  it("finds the account by any spelling of its e-mail", async () => {
    const person = await portal.register();
    expectResult(await request(` ${person.email.toUpperCase()} `));
    expect(await mailsTo(person)).toHaveLength(1);
  });
  it("is the same, byte for byte, for a known e-mail, an unknown or invalid one, and a locked account", async () => {
    const known = await portal.register();
    const locked = await portal.register();
    await expectSuccess(portal.administrator.put(`accounts/${locked.id}`, { locked: true }));
    const answers = await Promise.all(
      [
        known.email,
        locked.email,
        "nobody@example.org",
        "no address",
        "\ud800@example.org",
        "x".repeat(5000),
        "a#b%",
        7,
        {},
        [],
      ].map((email) => request(email)),
    );
    for (const answer of answers) {
      expectResult(answer);
      expect(answer.text).toBe(answers[0]?.text);
      expect(answer.headers).toEqual(answers[0]?.headers);
      expect(answer.cookies).toEqual([]);
    }
    expect(await mailsTo(locked)).toHaveLength(1);
  });
  it("costs the same work for a known and an unknown e-mail", async () => {
    const person = await portal.register();
    const workOf = async (email: string) => {
      const { requests } = await watchTable(() => request(email));
      return requests.map(shape);
    };
    expect(await workOf("nobody-at-all@example.org")).toEqual(await workOf(person.email));
    // The work is also the same for a second request that comes too soon.
    expect(await workOf("nobody-at-all@example.org")).toEqual(await workOf(person.email));
  });
  it("sends no mail for an e-mail that nobody has", async () => {
    const before = await sentMessages();
    await request("still-nobody@example.org");
    expect(await sentMessages()).toHaveLength(before.length);
  });
  it("uses no part of the request in the link", async () => {
    const person = await portal.register();
    await request(person.email, start, {
      headers: {
        host: "evil.example",
        origin: "https://evil.example",
        referer: "https://evil.example/",
        forwarded: "host=evil.example;proto=http",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "http",
        "x-original-url": "https://evil.example/",
      },
    });
    const [mail] = await mailsTo(person);
    expect(JSON.stringify(mail)).not.toContain("evil");
    expect(mail?.text).toContain(`https://${portal.org}.portal.example.com/`);
  });
});

describe("how often", () => {
  it("mails at most once a minute, and an earlier request invalidates no token", async () => {
    const person = await portal.register();
    await request(person.email, seconds(0));
    expectResult(await request(person.email, seconds(59)));
    const mails = await mailsTo(person);
    expect(mails).toHaveLength(1);
    expectResult(await reset(tokenIn(mails[0]), seconds(60)));
  });
  it("mails again after a minute, which invalidates the older mail's token", async () => {
    const person = await portal.register();
    await request(person.email, seconds(0));
    await request(person.email, seconds(60));
    const [newer, older, ...more] = await mailsTo(person);
    expect(more).toEqual([]);
    expectFault(await reset(tokenIn(older), seconds(61)), "kNotFound");
    expectResult(await reset(tokenIn(newer), seconds(61)));
  });
  it("mails at most five times an hour, and a sixth request invalidates no token", async () => {
    // Not in the same hour: the mail about the registration is one of five to an address.
    const person = await portal.register({}, { now: minutesAfter(start, -60) });
    for (let time = 0; time < 8; time++) expectResult(await request(person.email, minutesAfter(start, time * 5)));
    const mails = await mailsTo(person);
    expect(mails).toHaveLength(5);
    expectResult(await request(person.email, new Date(+minutesAfter(start, 60) - 1000)));
    expect(await mailsTo(person)).toHaveLength(5);
    expectResult(await request(person.email, minutesAfter(start, 60)));
    expect(await mailsTo(person)).toHaveLength(6);
    expectFault(await reset(tokenIn(mails[0]), minutesAfter(start, 61)), "kNotFound");
  });
  it("counts separately for each account", async () => {
    const [one, other] = [await portal.register(), await portal.register()];
    await request(one.email);
    await request(other.email);
    expect(await mailsTo(other)).toHaveLength(1);
  });
});

describe(named("kValidationError"), () => {
  it.each([[{}], [{ email: null }], [{ email: "" }]])("with kRequired: %j", async (body) => {
    await refused("kValidationError", () => portal.visitor().post("accounts/request-password-reset", body), [
      ["kRequired", "account.email"],
    ]);
  });
});

/** The work of a request, without the identity of the person. */
function shape({ command, input }: TableRequest) {
  const reads = Object.values(input.RequestItems ?? {}).flatMap((table) => (table as { Keys: unknown[] }).Keys);
  const writes = (input.TransactItems ?? []).map((item: Record<string, { Item?: Record<string, unknown> }>) =>
    Object.entries(item).map(([kind, { Item }]) => {
      const { type, sealed, sentAt } = Item ?? {};
      return { kind, type, sealed: String(sealed).length, sentAt: (sentAt as unknown[] | undefined)?.length };
    }),
  );
  return { command, reads: reads.length, writes };
}
