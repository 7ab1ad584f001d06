import { beforeAll, describe, expect, it } from "vitest";
import {
  expectSuccess,
  freshEmail,
  type Holder,
  minutesAfter,
  openPortal,
  roles,
  type TestPortal,
} from "../../kit/portal.ts";
import { named, refused } from "./accounts-contract.ts";
import { connect, offer } from "./connections.ts";
import { describeCall } from "./suites.ts";

describeCall("ConnectionList", async (portal) => ({ client: await portal.register(), path: "connections" }));

let portal: TestPortal;
let [one, two, three] = [] as Holder[] as [Holder, Holder, Holder];
let connections: { readonly _id: string }[];
beforeAll(async () => {
  portal = await openPortal();
  [one, two, three] = [await portal.register(), await portal.register(), await portal.register()];
  connections = [await connect(one, two, 2), await connect(two, three, 4), await connect(three, one, 6)];
  connections.push((await offer(one, freshEmail(), 2)).connection);
});
const idsIn = (json: { data: { _id: string }[] }) => json.data.map(({ _id }) => _id);
const ids = (...places: number[]) => places.map((place) => connections[place]?._id);

describe("200 list", () => {
  it("has the connections to the caller's account and those that give them access, newest first", async () => {
    expect(idsIn((await one.get("connections")).json)).toEqual(ids(3, 2, 0));
    expect(idsIn((await two.get("connections")).json)).toEqual(ids(1, 0));
    expect((await three.get("connections")).json.data).toEqual([connections[2], connections[1]]);
    expect((await (await portal.register()).get("connections")).json).toEqual({
      object: "list",
      data: [],
      hasMore: false,
    });
  });
  it("has all of the portal for administrators, invitations too", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    expect(idsIn((await boss.get("connections")).json)).toEqual(ids(3, 2, 1, 0));
    const targets = [{ email: freshEmail() }];
    const { data } = await expectSuccess(boss.post("accounts/invitations", { targets }));
    expect(idsIn((await portal.administrator.get("connections")).json)).toEqual([data[0]._id, ...ids(3, 2, 1, 0)]);
    await expectSuccess(boss.delete(`connections/${data[0]._id}`));
  });
  it("is read part by part with limit and skip", async () => {
    for (const [client, all] of [
      [one, ids(3, 2, 0)],
      [portal.administrator, ids(3, 2, 1, 0)],
    ] as const) {
      for (let skip = 0; skip <= all.length; skip++) {
        const { json } = await client.get(`connections?limit=1&skip=${skip}`);
        expect(idsIn(json)).toEqual(all.slice(skip, skip + 1));
        expect(json.hasMore).toBe(skip + 1 < all.length);
      }
    }
  });
  it("leaves out what can no longer be accepted", async () => {
    const now = minutesAfter(new Date(), 8 * 24 * 60);
    const later = await portal.login(one, { now });
    expect(idsIn((await later.get("connections", { now })).json)).toEqual(ids(2, 0));
    expect(idsIn((await portal.administrator.get("connections", { now })).json)).toEqual(ids(2, 1, 0));
  });
});

describe(named("kInvalidArgument"), () => {
  it.each(["limit=0", "limit=1001", "skip=x", "where={}", "sort=_id", "paths[]=state", "startingAfter=1"])(
    "refuses %s",
    async (query) => {
      await refused("kInvalidArgument", () => one.get(`connections?${query.replace("[]", "")}`));
    },
  );
});
