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
import { allItems } from "../../kit/system.ts";
import { named, refused } from "./accounts-contract.ts";
import { accept, connect, offer, referenceTo } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("ConnectionAccept", async (portal) => {
  const [context, client] = [await portal.register(), await portal.register()];
  const { token } = await offer(context, client.email);
  return { client, path: `connections/${token}` };
});

let portal: TestPortal;
let context: Holder;
beforeAll(async () => {
  portal = await openPortal();
  context = await portal.register();
});
const accesses = async () => (await allItems()).filter(({ sk }) => sk.startsWith("ACCESS#"));
const connectionsOf = async (holder: Holder) => (await holder.get("connections")).json.data;

describe("200 connection", () => {
  it("gives access from the next call on", async () => {
    const target = await portal.register();
    await refused("kNotFound", () => target.get(`accounts/${context.id}`));
    const { connection, token } = await offer(context, target.email, 4);
    await refused("kNotFound", () => target.get(`accounts/${context.id}`));
    const { status, json } = await accept(target, token);
    expect(status).toBe(200);
    const { expiresAt, ...kept } = connection;
    expect(json).toEqual({ ...kept, state: 1, target: { account: referenceTo(target.id), email: target.email } });
    const { json: seen } = await target.get(`accounts/${context.id}`);
    expect(seen).toMatchObject({ _id: context.id, access: 4, email: context.email, shared: true });
  });
  it("can be accepted with another address than the invited one", async () => {
    const [target, email] = [await portal.register(), freshEmail()];
    const { token } = await offer(context, email, 2);
    expect((await accept(target, token)).json.target).toEqual({ account: referenceTo(target.id), email });
  });
  it("is the same again when the same account accepts again, 50 times at once too", async () => {
    const target = await portal.register();
    const { token } = await offer(context, target.email, 2);
    const answers = await Promise.all(Array.from({ length: 50 }, () => accept(target, token)));
    const settled = answers.filter(({ status }) => status !== 503);
    const [first] = settled;
    expect(first?.json.state).toBe(1);
    for (const { status, json } of settled) expect([status, json]).toEqual([200, first?.json]);
    expect((await accept(target, token)).json).toEqual(first?.json);
    expect(await connectionsOf(target)).toEqual([first?.json]);
  });
  it("keeps the connection of an account that is connected already, with the higher access", async () => {
    const [holder, target] = [await portal.register(), await portal.register()];
    const first = await connect(holder, target, 4);
    const before = (await accesses()).length;
    const higher = await offer(holder, freshEmail(), 6);
    expect((await accept(target, higher.token)).json).toEqual({ ...first, access: 6 });
    expect((await accept(target, higher.token)).json).toEqual({ ...first, access: 6 });
    expect((await target.get(`accounts/${holder.id}`)).json.access).toBe(6);
    const lower = await offer(holder, freshEmail(), 2);
    expect((await accept(target, lower.token)).json).toEqual({ ...first, access: 6 });
    expect(await connectionsOf(holder)).toEqual([{ ...first, access: 6 }]);
    expect(await accesses()).toHaveLength(before);
    await refused("kNotFound", () => holder.get(`connections/${higher.connection._id}`));
  });
  it("keeps one connection when an account accepts two offers at once", async () => {
    const [holder, target] = [await portal.register(), await portal.register()];
    const offers = [await offer(holder, freshEmail(), 2), await offer(holder, freshEmail(), 6)];
    const answers = await Promise.all(offers.map(({ token }) => accept(target, token)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await connectionsOf(holder)).toEqual([expect.objectContaining({ access: 6, state: 1 })]);
    expect((await target.get(`accounts/${holder.id}`)).json.access).toBe(6);
  });
  it("gives an existing account the roles of an invitation", async () => {
    const target = await portal.register();
    const targets = [{ email: freshEmail(), roles: [roles.provider] }];
    const { data } = await expectSuccess(portal.administrator.post("accounts/invitations", { targets }));
    const { json } = await accept(target, data[0].token);
    expect(json).toMatchObject({ state: 1, target: { account: referenceTo(target.id) } });
    expect(json).not.toHaveProperty("context");
    expect((await target.get("accounts/me/roles")).json.data).toEqual([roles.provider]);
    // Roles that were taken away do not come back.
    await expectSuccess(portal.administrator.put(`accounts/${target.id}`, { roles: [] }));
    expect((await accept(target, data[0].token)).status).toBe(200);
    expect((await target.get("accounts/me/roles")).json.data).toEqual([]);
  });
});

describe(named("kNotFound"), () => {
  it.each(["lBMSJWtqKVdx8Z888syX6axpCk2j7eYm", "x", "0".repeat(24)])("refuses %s", async (token) => {
    await refused("kNotFound", () => accept(context, token));
  });
  it("refuses another account once it was used: of 50 at once, one succeeds", async () => {
    const holder = await portal.register();
    const people = [];
    for (let count = 0; count < 50; count++) people.push(await portal.register());
    const { token } = await offer(holder, freshEmail(), 4);
    const answers = await Promise.all(people.map((person) => accept(person, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ json }) => json.code))).toEqual(new Set([undefined, "kNotFound"]));
    const seen = await Promise.all(people.map((person) => person.get(`accounts/${holder.id}`)));
    expect(seen.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await connectionsOf(holder)).toHaveLength(1);
  });
  it("refuses a deleted connection: accept against delete ends with both or with neither", async () => {
    for (let round = 0; round < 10; round++) {
      const [holder, target] = [await portal.register(), await portal.register()];
      const { connection, token } = await offer(holder, target.email, 4);
      const [accepted, deleted] = await Promise.all([
        accept(target, token),
        holder.delete(`connections/${connection._id}`),
      ]);
      expect(deleted.status).toBe(200);
      expect([200, 404]).toContain(accepted.status);
      await refused("kNotFound", () => target.get(`accounts/${holder.id}`));
      await refused("kNotFound", () => accept(target, token));
      expect((await holder.get("accounts/me")).json.shared).toBe(false);
    }
  });
  it("refuses tokens of another portal, and tokens for another purpose", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    const { token } = await offer(await sibling.register(), freshEmail());
    await refused("kNotFound", () => accept(context, token));
    const fresh = await portal.register();
    const verification = tokenIn((await sentMessages(fresh.email))[0]);
    await refused("kNotFound", () => accept(context, verification));
    const own = await offer(context, freshEmail());
    await refused("kNotFound", () => context.post(`accounts/${own.token}`));
  });
  it("refuses what its creator could not give any more", async () => {
    const [boss, target] = [await portal.signedIn([roles.administrator]), await portal.register()];
    const ask = async (path: string, fields: object) => {
      const email = freshEmail();
      await expectSuccess(boss.post(path, { targets: [{ email, ...fields }] }));
      return tokenIn((await sentMessages(email))[0]);
    };
    const invitation = await ask("accounts/invitations", { roles: [roles.provider] });
    const connection = await ask(`accounts/${context.id}/connections`, { access: 6 });
    await expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
    for (const token of [invitation, connection]) await refused("kNotFound", () => accept(target, token));
    const body = { name: { first: "A", last: "B" }, mobile: "1-650-555-5555", password: "zqhvwkxjgtb" };
    await refused("kNotFound", () =>
      portal.visitor().post("accounts/register", { ...body, email: freshEmail(), token: invitation }),
    );
  });
  it.each(["locked", "activationRequired"])(
    "refuses what somebody offers who cannot sign in (%s)",
    async (property) => {
      const [holder, boss] = [await portal.register(), await portal.signedIn([roles.administrator])];
      const [target, email] = [await portal.register(), freshEmail()];
      const { token } = await offer(holder, freshEmail(), 6);
      await expectSuccess(boss.post("accounts/invitations", { targets: [{ email, roles: [roles.administrator] }] }));
      const tokens = [token, tokenIn((await sentMessages(email))[0])];
      const set =
        (value: boolean) =>
        async ({ id }: Holder) =>
          expectSuccess(portal.administrator.put(`accounts/${id}`, { [property]: value }));
      await Promise.all([holder, boss].map(set(true)));
      for (const token of tokens) await refused("kNotFound", () => accept(target, token));
      await Promise.all([holder, boss].map(set(false)));
      for (const token of tokens) await expectSuccess(accept(target, token));
    },
  );
});

describe(named("kTokenExpired"), () => {
  it("refuses an offer after seven days", async () => {
    const start = new Date();
    const [holder, target] = [await portal.register({}, { now: start }), await portal.register()];
    const { token } = await offer(holder, target.email, 4, { now: start });
    const now = minutesAfter(start, 7 * 24 * 60);
    const signedIn = await portal.login(target, { now });
    await refused("kTokenExpired", () => signedIn.post(`connections/${token}`, undefined, { now }));
    await refused("kTokenExpired", () => signedIn.get(`connections/${token}`, { now }));
  });
});

describe(named("kAccessDenied"), () => {
  it("refuses the holder of the account itself, and does not use up the token", async () => {
    const target = await portal.register();
    const { token } = await offer(context, target.email, 4);
    const { json } = await refused("kAccessDenied", () => accept(context, token));
    expect(json.reason).not.toBe("Access denied");
    await expectSuccess(accept(target, token));
  });
  it("refuses the holder also when an administrator has offered the access", async () => {
    const [holder, target] = [await portal.register(), await portal.register()];
    const targets = [{ email: target.email, access: 4 }];
    const { data } = await expectSuccess(portal.administrator.post(`accounts/${holder.id}/connections`, { targets }));
    await refused("kAccessDenied", () => accept(holder, data[0].token));
    await expectSuccess(accept(target, data[0].token));
  });
});
