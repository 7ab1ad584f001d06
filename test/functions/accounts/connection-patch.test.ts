import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, freshEmail, type Holder, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { expectResult, named, refused } from "./accounts-contract.ts";
import { accept, connect, offer } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("ConnectionPatch", async (portal) => {
  const client = await portal.register();
  const { connection } = await offer(client, freshEmail());
  return { client, path: `connections/${connection._id}`, body: { access: 6 } };
});

let portal: TestPortal;
let context: Holder;
let target: Holder;
beforeAll(async () => {
  portal = await openPortal();
  [context, target] = [await portal.register(), await portal.register()];
});
const change = (client: Pick<Holder, "patch">, { _id }: { _id: string }, access: unknown) =>
  client.patch(`connections/${_id}`, { access });

describe("200 connection", () => {
  it("changes the access from the next call on", async () => {
    const connection = await connect(context, target, 2);
    for (const access of [6, 4, 2] as const) {
      expect((await change(context, connection, access)).json).toEqual({ ...connection, access });
      expect((await target.get(`accounts/${context.id}`)).json.access).toBe(access);
    }
    expect((await change(portal.administrator, connection, "4")).json.access).toBe(4);
    expect((await target.get(`accounts/${context.id}`)).json.access).toBe(4);
  });
  it("changes what a pending one will give", async () => {
    const person = await portal.register();
    const { connection, token } = await offer(context, person.email, 2);
    expect((await change(context, connection, 6)).json).toEqual({ ...connection, access: 6 });
    expect((await accept(person, token)).json.access).toBe(6);
  });
});

describe("simultaneous changes and a deletion", () => {
  it("leave no access behind", async () => {
    for (let round = 0; round < 10; round++) {
      const [holder, person] = [await portal.register(), await portal.register()];
      const connection = await connect(holder, person, 2);
      const [deleted, ...changed] = await Promise.all([
        holder.delete(`connections/${connection._id}`),
        ...[4, 6, 2, 6].map((access) => change(holder, connection, access)),
      ]);
      expectResult(deleted);
      for (const { status } of changed) expect([200, 404]).toContain(status);
      await refused("kNotFound", () => person.get(`accounts/${holder.id}`));
    }
  });
});

describe(named("kAccessDenied"), () => {
  it("refuses the other side and a creator who is no longer an administrator", async () => {
    const person = await portal.register();
    const boss = await portal.signedIn([roles.administrator]);
    const targets = [{ email: person.email, access: 2 }];
    const { data } = await expectSuccess(boss.post(`accounts/${context.id}/connections`, { targets }));
    await expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
    await refused("kAccessDenied", () => change(boss, data[0], 6));
    const friend = await portal.register();
    const own = await connect(context, friend, 2);
    await refused("kAccessDenied", () => change(friend, own, 6));
  });
});

describe(named("kNotFound"), () => {
  it("is the answer for everybody else, whatever the body says, and for what does not exist", async () => {
    const connection = await connect(context, await portal.register(), 2);
    const stranger = await portal.register();
    for (const access of [6, "bad"]) await refused("kNotFound", () => change(stranger, connection, access));
    for (const _id of ["0".repeat(24), "x"]) await refused("kNotFound", () => change(context, { _id }, 6));
  });
});

describe(named("kValidationError"), () => {
  it.each([0, 1, 3, 5, 8, "all", true, [2], { $gt: 0 }])("refuses access %j", async (access) => {
    const { connection } = await offer(context, freshEmail());
    await refused("kValidationError", () => change(context, connection, access), [["kEnumValue", "access"]]);
  });
  it.each([undefined, null, ""])("needs an access: %j", async (access) => {
    const { connection } = await offer(context, freshEmail());
    await refused("kValidationError", () => change(context, connection, access), [["kRequired", "access"]]);
  });
});

describe("other properties", () => {
  it("are ignored", async () => {
    const { connection } = await offer(context, freshEmail());
    const body = { access: 2, state: 1, targetId: target.id, roles: [roles.administrator], creatorId: target.id };
    const { json } = await context.patch(`connections/${connection._id}`, body);
    expect(json).toEqual({ ...connection, access: 2 });
  });
  it("do not stand in for the access, nor does a list of operations", async () => {
    const { connection } = await offer(context, freshEmail());
    const body = [{ op: "set", path: "access", value: 6 }];
    await refused("kValidationError", () => context.patch(`connections/${connection._id}`, body), [
      ["kRequired", "access"],
    ]);
  });
});
