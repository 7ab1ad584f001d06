import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, freshEmail, type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { named, refused } from "./accounts-contract.ts";
import { accept, connect, offer } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("ConnectionGet", async (portal) => {
  const client = await portal.register();
  const { connection } = await offer(client, freshEmail());
  return { client, path: `connections/${connection._id}` };
});

let portal: TestPortal;
let context: Holder;
let target: Holder;
let stranger: Holder;
beforeAll(async () => {
  portal = await openPortal();
  [context, target, stranger] = [await portal.register(), await portal.register(), await portal.register()];
});

describe("200 connection", () => {
  it("is the same for both sides, administrators and applications, in any letter case of its id", async () => {
    const connection = await connect(context, target, 2);
    const boss = await portal.signedIn([roles.administrator]);
    for (const client of [context, target, boss, portal.administrator]) {
      expect((await client.get(`connections/${connection._id.toUpperCase()}`)).json).toEqual(connection);
    }
  });
  it("shows itself by its token to everybody who is signed in, without the address, until it is accepted", async () => {
    const { connection, token } = await offer(context, freshEmail());
    expect((await stranger.get(`connections/${token}`)).json).toEqual({ ...connection, target: {} });
    expect((await context.get(`connections/${token}`)).json).toEqual(connection);
    const { json } = await accept(target, token);
    await refused("kNotFound", () => stranger.get(`connections/${token}`));
    expect((await target.get(`connections/${token}`)).json).toEqual(json);
  });
  it("stays visible for a creator who is no longer an administrator", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    const targets = [{ email: freshEmail(), access: 2 }];
    const { data } = await expectSuccess(boss.post(`accounts/${context.id}/connections`, { targets }));
    await expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
    expect((await boss.get(`connections/${data[0]._id}`)).json).toEqual(data[0]);
  });
});

describe(named("kNotFound"), () => {
  it("is the answer from the moment on in which an offer ends that nobody has accepted", async () => {
    const { connection } = await offer(context, freshEmail());
    const ask = (ms: number) =>
      portal.administrator.get(`connections/${connection._id}`, {
        now: new Date(Date.parse(connection.expiresAt) + ms),
      });
    expect((await ask(-1)).json).toMatchObject({ _id: connection._id, state: 0 });
    for (const ms of [0, 1000, 3_600_000]) await refused("kNotFound", () => ask(ms));
  });
  it("is the answer for everybody else, and for what does not exist", async () => {
    const { connection } = await offer(context, freshEmail());
    const provider = await portal.signedIn([roles.provider]);
    for (const client of [stranger, provider]) {
      await refused("kNotFound", () => client.get(`connections/${connection._id}`));
    }
    for (const id of ["0".repeat(24), "x", "x".repeat(2000), "lBMSJWtqKVdx8Z888syX6axpCk2j7eYm"]) {
      await refused("kNotFound", () => context.get(`connections/${id}`));
    }
    const sibling = await openPortal({}, {}, portal.practice);
    const other = await sibling.signedIn([roles.administrator]);
    await refused("kNotFound", () => other.get(`connections/${connection._id}`));
  });
});
