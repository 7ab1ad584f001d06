import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  freshEmail,
  type Holder,
  minutesAfter,
  openPortal,
  roles,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { allItems, type Response } from "../../kit/system.ts";
import { anId, expectFault, named, refused } from "./accounts-contract.ts";
import { accept, connect, offer, pendingConnection, referenceTo } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("ConnectionCreate", async (portal) => {
  const client = await portal.register();
  return { client, path: "accounts/me/connections", body: { targets: [{ email: freshEmail(), access: 2 }] } };
});

let portal: TestPortal;
let context: Holder;
beforeAll(async () => {
  portal = await openPortal();
  context = await portal.register({ name: { first: "Mary", last: "<b>Best</b>" } });
});
const create = (targets: unknown, client: Pick<Holder, "post"> = context, id = "me") =>
  client.post(`accounts/${id}/connections`, { targets });
const shareOf = async ({ id }: Holder) => (await portal.administrator.get(`accounts/${id}/shared`)).json.data;
const linksTo = async (holder: Holder) => (await holder.get("accounts/me?include[]=connections")).json.connections;

describe("200 list of connections", () => {
  it("offers connections in the order of the targets, and makes the account shared", async () => {
    const holder = await portal.register();
    const [one, other] = [freshEmail(), freshEmail()];
    expect(await shareOf(holder)).toBe(false);
    const { status, json } = await create(
      [
        { email: ` ${one.toUpperCase()} `, access: 2 },
        { email: other, access: 6 },
      ],
      holder,
    );
    expect(status).toBe(200);
    expect(json).toEqual({
      object: "list",
      data: [pendingConnection(holder, one, 2), pendingConnection(holder, other, 6)],
      hasMore: false,
    });
    expect(await shareOf(holder)).toBe(true);
    const ids = json.data.map(({ _id }: { _id: string }) => _id);
    const links = ids.map((_id: string) => ({ _id, object: "connection", path: `/connections/${_id}` }));
    expect(await linksTo(holder)).toEqual(expect.arrayContaining(links));
    expect((await holder.get("accounts/me")).json).not.toHaveProperty("connections");
  });
  it("lasts seven days", async () => {
    const start = new Date();
    const holder = await portal.register({}, { now: start });
    const { connection } = await offer(holder, freshEmail(), 4, { now: start });
    expect(Date.parse(connection.expiresAt)).toBe(+minutesAfter(start, 7 * 24 * 60));
    const later = { now: minutesAfter(start, 7 * 24 * 60) };
    const shown = await portal.administrator.get(`accounts/${holder.id}`, later);
    expect(shown.json.shared).toBe(false);
  });
  it("mails each target a link with the inviter's name and words, escaped, and nothing else of the account", async () => {
    const email = freshEmail();
    const message = 'Please look at <i>this</i> & tell me.\nYours, "M"';
    await create([{ email, access: 4, message }]);
    const [mail, ...others] = await sentMessages(email);
    expect(others).toEqual([]);
    expect(mail?.text).toContain("Mary <b>Best</b> invites you");
    expect(mail?.text).toContain('Please look at <i>this</i> & tell me.\n\nYours, "M"');
    expect(mail?.html).toContain("&lt;i&gt;this&lt;/i&gt; &amp; tell me.");
    expect(mail?.html).not.toContain("<i>");
    expect(mail?.text).toContain(`/connect?token=${tokenIn(mail)}`);
    for (const value of [context.email, context.id, "+16505555555"]) expect(JSON.stringify(mail)).not.toContain(value);
  });
  it("tells the token to applications alone, and stores it nowhere", async () => {
    const email = freshEmail();
    const { json } = await create([{ email, access: 2 }], portal.administrator, context.id);
    expect(json.data[0]).toMatchObject({ creator: { _id: "000000000000000000000002" } });
    expect(json.data[0].token).toBe(tokenIn((await sentMessages(email))[0]));
    expect((await sentMessages(email))[0]?.text).not.toContain("Mary");
    expect(JSON.stringify(await allItems())).not.toContain(json.data[0].token);
    const again = await portal.administrator.get(`connections/${json.data[0]._id}`);
    expect(again.json).not.toHaveProperty("token");
    expect((await create([{ email: freshEmail(), access: 2 }])).json.data[0]).not.toHaveProperty("token");
  });
  it("renews a pending connection: the same one, with the new access and a new token; the earlier token is void", async () => {
    const target = await portal.register();
    const { connection, token } = await offer(context, target.email, 2);
    const renewed = await offer(context, target.email, 6);
    expect(renewed.connection).toMatchObject({ _id: connection._id, access: 6, created: connection.created });
    await refused("kNotFound", () => accept(target, token));
    expect((await accept(target, renewed.token)).json).toMatchObject({ _id: connection._id, access: 6, state: 1 });
  });
  it("makes a new connection where an earlier one has ended", async () => {
    const start = new Date();
    const holder = await portal.register({}, { now: start });
    const email = freshEmail();
    const { connection } = await offer(holder, email, 2, { now: start });
    const now = minutesAfter(start, 8 * 24 * 60);
    const signedIn = await portal.login(holder, { now });
    const later = await offer({ ...holder, ...signedIn }, email, 4, { now });
    expect(later.connection._id).not.toBe(connection._id);
  });
  it("may be done by an administrator, who may also give roles", async () => {
    const [boss, target] = [await portal.signedIn([roles.administrator]), await portal.register()];
    const targets = [{ email: target.email, access: 2, roles: [roles.provider] }];
    const { json } = await create(targets, boss, context.id);
    expect(json.data[0]).toMatchObject({ context: referenceTo(context.id), creator: referenceTo(boss.id) });
    await expectSuccess(accept(target, tokenIn((await sentMessages(target.email))[0])));
    expect((await target.get("accounts/me/roles")).json.data).toEqual([roles.provider]);
  });
  it("takes forms", async () => {
    const holder = await portal.register();
    const form = `targets[0][email]=${encodeURIComponent(freshEmail())}&targets[0][access]=4`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { json } = await holder.send("POST", "accounts/me/connections", { body: form, headers });
    expect(json.data).toEqual([expect.objectContaining({ _id: anId, access: 4 })]);
  });
});

describe(named("kValidationError"), () => {
  const good = { email: "good@example.org", access: 4 };
  it.each([
    ["no targets", undefined, [["kRequired", "targets"]]],
    ["null", null, [["kRequired", "targets"]]],
    ["an empty list", [], [["kInvalidFormat", "targets"]]],
    ["an object", { 0: good }, [["kInvalidFormat", "targets"]]],
    [
      "51 targets",
      Array.from({ length: 51 }, (_, at) => ({ ...good, email: `a${at}@example.org` })),
      [["kInvalidFormat", "targets"]],
    ],
    ["a text", [good, "x"], [["kInvalidFormat", "targets[1]"]]],
    ["an unknown property", [{ ...good, state: 1 }], [["kInvalidFormat", "targets[0]"]]],
    [
      "bad values",
      [good, { access: 3 }, { email: "nobody", access: "all", roles: "x", message: 7 }],
      [
        ["kRequired", "targets[1].email"],
        ["kEnumValue", "targets[1].access"],
        ["kInvalidEmailFormat", "targets[2].email"],
        ["kEnumValue", "targets[2].access"],
        ["kInvalidFormat", "targets[2].roles"],
        ["kInvalidString", "targets[2].message"],
      ],
    ],
    ["no access", [{ email: "good@example.org" }], [["kRequired", "targets[0].access"]]],
    ["one address twice", [good, { ...good, email: "GOOD@example.org" }], [["kInvalidFormat", "targets[1].email"]]],
    ["a long message", [{ ...good, message: "x".repeat(501) }], [["kInvalidString", "targets[0].message"]]],
    ["a message of many bytes", [{ ...good, message: "😀".repeat(376) }], [["kInvalidString", "targets[0].message"]]],
    ["control characters", [{ ...good, message: "a\u0000b" }], [["kInvalidString", "targets[0].message"]]],
  ] as const)("refuses %s", async (_, targets, children) => {
    await refused("kValidationError", () => create(targets), children);
  });
});

describe("a message", () => {
  it.each([
    ["500 characters of three bytes", "€".repeat(500)],
    ["375 of four bytes", "😀".repeat(375)],
    ["500 quotes", '"'.repeat(500)],
    ["500 lines", "\n".repeat(500)],
  ])("of %s fits into the mail with the longest names", async (_, message) => {
    const long = "😀".repeat(100);
    const org = "o".repeat(50);
    const big = await openPortal(
      {},
      { name: "€".repeat(255), websiteAddress: `${org}${freshEmail().replace(/\D/g, "")}` },
    );
    const holder = await big.register({ name: { first: long, last: long } });
    const email = `${"e".repeat(50)}${freshEmail()}`;
    expect((await create([{ email, access: 2, message }], holder)).status).toBe(200);
  });
});

describe(named("kExists"), () => {
  it("refuses an address that is connected, and the account's own, and then invites nobody", async () => {
    const [holder, target] = [await portal.register(), await portal.register()];
    await connect(holder, target, 2);
    const targets = [freshEmail(), target.email, holder.email].map((email) => ({ email, access: 4 }));
    await refused("kExists", () => create(targets, holder), [
      ["kExists", "targets[1].email"],
      ["kExists", "targets[2].email"],
    ]);
    expect(await linksTo(holder)).toHaveLength(1);
  });
  // Five mails in an hour go to one address, and the one about the registration is the first of them.
  it.each([
    [50, "tokens"],
    [4, "mailed links"],
  ])(
    "makes one connection of %i simultaneous offers to one address, and one of the %s works",
    async (count, proofs) => {
      const [holder, target] = [await portal.register(), await portal.register()];
      const targets = [{ email: target.email, access: 4 }];
      const offerer = proofs === "tokens" ? portal.administrator : holder;
      const answers = await Promise.all(Array.from({ length: count }, () => create(targets, offerer, holder.id)));
      const settled = answers.filter(({ status }) => status !== 503);
      expect(settled.map(({ status }) => status)).toEqual(settled.map(() => 200));
      expect(new Set(settled.map(({ json }: Response) => json.data[0]._id)).size).toBe(1);
      expect(await linksTo(holder)).toHaveLength(1);
      const mails = await sentMessages(target.email);
      expect(mails.length).toBeLessThanOrEqual(5);
      const tokens =
        proofs === "tokens"
          ? settled.map(({ json }: Response) => json.data[0].token as string)
          : mails.map((mail) => tokenIn(mail));
      const accepted = [];
      for (const token of tokens) accepted.push((await accept(target, token)).status);
      expect(accepted.filter((status) => status === 200)).toHaveLength(1);
    },
  );
});

describe(named("kAccessDenied"), () => {
  it("refuses roles that somebody else than an administrator gives, and then invites nobody", async () => {
    const holder = await portal.register();
    const targets = [
      { email: freshEmail(), access: 2 },
      { email: freshEmail(), access: 2, roles: [roles.administrator] },
    ];
    await refused("kAccessDenied", () => create(targets, holder), [["kAccessDenied", "targets[1].roles"]]);
  });
  it("refuses a provider, and somebody who is connected, even at 6", async () => {
    const [provider, friend] = [await portal.signedIn([roles.provider]), await portal.register()];
    await connect(context, friend, 6);
    for (const client of [provider, friend]) {
      await refused("kAccessDenied", () => create([{ email: freshEmail(), access: 2 }], client, context.id));
    }
  });
});

describe(named("kNotFound"), () => {
  it("is the answer for an account that the caller may not see, whatever the body says", async () => {
    const stranger = await portal.register();
    for (const id of [context.id, "0".repeat(24), "x"]) {
      for (const targets of [[{ email: freshEmail(), access: 2 }], "bad"]) {
        await refused("kNotFound", () => create(targets, stranger, id));
      }
    }
  });
});

describe(named("kInvalidArgument"), () => {
  it("refuses other properties of the body", async () => {
    const body = { targets: [{ email: freshEmail(), access: 2 }], context: "x" };
    await refused("kInvalidArgument", () => context.post("accounts/me/connections", body));
  });
  it("refuses more than 200 connections of one account", async () => {
    const holder = await portal.register();
    const targets = (count: number) => Array.from({ length: count }, () => ({ email: freshEmail(), access: 2 }));
    for (const count of [50, 50, 50, 50]) await expectSuccess(create(targets(count), holder));
    const response = await refused("kInvalidArgument", () => create(targets(1), holder));
    expectFault(response, "kInvalidArgument");
    expect(response.json.reason).toContain("200");
  });
});
