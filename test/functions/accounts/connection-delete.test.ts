import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import {
  expectSuccess,
  freshEmail,
  type Holder,
  openPortal,
  roles,
  type TestPortal,
  tokenIn,
} from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
import { expectResult, named, refused } from "./accounts-contract.ts";
import { accept, connect, offer } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("ConnectionDelete", async (portal) => {
  const client = await portal.register();
  const { connection } = await offer(client, freshEmail());
  return { client, path: `connections/${connection._id}` };
});

let portal: TestPortal;
let context: Holder;
beforeAll(async () => {
  portal = await openPortal();
  context = await portal.register();
});
const end = (client: Pick<Holder, "delete">, { _id }: { _id: string }) => client.delete(`connections/${_id}`);

describe("200 result true", () => {
  it.each(["the context's holder", "the target", "an administrator", "an application"])(
    "ends a connection for %s: the access is gone with the next call, and nothing is left",
    async (who) => {
      const [holder, target] = [await portal.register(), await portal.register()];
      const connection = await connect(holder, target, 6);
      await expectSuccess(target.put(`accounts/${holder.id}`, { gender: "f" }));
      const clients: Record<string, Pick<Holder, "delete">> = {
        "the context's holder": holder,
        "the target": target,
        "an administrator": await portal.signedIn([roles.administrator]),
        "an application": portal.administrator,
      };
      expectResult(await end(clients[who] as Holder, connection));
      await refused("kNotFound", () => target.get(`accounts/${holder.id}`));
      await refused("kNotFound", () => target.put(`accounts/${holder.id}`, { gender: "m" }));
      expect((await target.get("accounts")).json.data).toHaveLength(1);
      for (const client of [holder, target]) expect((await client.get("connections")).json.data).toEqual([]);
      expect((await holder.get("accounts/me?include[]=connections")).json).toMatchObject({
        shared: false,
        connections: [],
      });
      const left = (await allItems()).filter(({ type }) => type === "connection" || type === "connectionAccess");
      expect(left.filter((item) => JSON.stringify(item).includes(holder.id))).toEqual([]);
    },
  );
  it("takes a pending connection back, also for its creator, and its token is void", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    const target = await portal.register();
    const { connection, token } = await offer(context, target.email);
    expectResult(await end(context, connection));
    await refused("kNotFound", () => accept(target, token));
    const targets = [{ email: freshEmail(), access: 2 }];
    const { data } = await expectSuccess(boss.post(`accounts/${context.id}/connections`, { targets }));
    await expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
    expectResult(await end(boss, data[0]));
  });
  it("takes an invitation back, and the address can be invited again", async () => {
    const targets = [{ email: freshEmail() }];
    const invite = () => expectSuccess(portal.administrator.post("accounts/invitations", { targets }));
    const { data } = await invite();
    expectResult(await end(portal.administrator, data[0]));
    const other = await portal.register();
    await refused("kNotFound", () => accept(other, data[0].token));
    expect((await invite()).data[0]._id).not.toBe(data[0]._id);
  });
  it("lets the same address be invited again after a connection has ended", async () => {
    const target = await portal.register();
    await end(context, await connect(context, target, 2));
    expect(await connect(context, target, 4)).toMatchObject({ access: 4, state: 1 });
  });
  it("is one of 50 at once; the others do not find it", async () => {
    const connection = await connect(context, await portal.register(), 2);
    const answers = await Promise.all(Array.from({ length: 50 }, () => end(context, connection)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
  });
});

describe(named("kAccessDenied"), () => {
  it("refuses the creator of an active connection who is no longer an administrator", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    const target = await portal.register();
    const targets = [{ email: target.email, access: 2 }];
    const { data } = await expectSuccess(boss.post(`accounts/${context.id}/connections`, { targets }));
    await expectSuccess(accept(target, tokenIn((await sentMessages(target.email))[0])));
    await expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
    await refused("kAccessDenied", () => end(boss, data[0]));
  });
});

describe(named("kNotFound"), () => {
  it("is the answer for everybody else, and for what does not exist", async () => {
    const connection = await connect(context, await portal.register(), 2);
    const stranger = await portal.register();
    await refused("kNotFound", () => end(stranger, connection));
    for (const _id of ["0".repeat(24), "x"]) await refused("kNotFound", () => end(context, { _id }));
  });
  it("is the answer to the token in place of the id", async () => {
    const { token } = await offer(context, freshEmail());
    await refused("kNotFound", () => context.delete(`connections/${token}`));
  });
});
