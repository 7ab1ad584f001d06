import { beforeAll, describe, expect, it } from "vitest";
import { connectionAccessKey, connectionKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { expectFault } from "../functions/accounts/accounts-contract.ts";
import { mailsTo } from "../functions/accounts/apps.ts";
import { accept, connect, offer } from "../functions/accounts/connections.ts";
import { eraseAll } from "../kit/erasures.ts";
import { sentMessages } from "../kit/outside.ts";
import { expectSuccess, type Holder, newPerson, openPortal, roles, type TestPortal, tokenIn } from "../kit/portal.ts";
import { allItems } from "../kit/system.ts";

/** A stranger registers a victim's address, and shares the account with a second account of theirs. */

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});

const newPassword = "quaint walrus jabs";
async function verify(person: Holder): Promise<void> {
  const [mail] = await mailsTo(person.email, /^Confirm/);
  await expectSuccess(person.post(`accounts/${tokenIn(mail)}`));
}
/** Has a reset mailed to the address of an account. @returns what its owner then does */
async function linkOf({ email }: Holder) {
  await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email }));
  const [mail] = await sentMessages(email);
  return () => portal.visitor().post("accounts/reset-password", { token: tokenIn(mail), password: newPassword });
}
const reset = async (person: Holder) => expectSuccess((await linkOf(person))());
/** Signs the owner in after a reset. */
const owner = ({ email }: Holder) => portal.login({ email, password: newPassword });

async function shared(access: 2 | 4 | 6 = 6) {
  const [account, accomplice] = [await portal.register(), await portal.register()];
  const connection = await connect(account, accomplice, access);
  expect((await accomplice.get(`accounts/${account.id}`)).json.access).toBe(access);
  return { account, accomplice, connection };
}
/** What is stored of connections to an account, besides audit events. */
const left = async (...texts: readonly string[]) =>
  (await allItems())
    .filter(({ type }) => ["connection", "connectionAccess", "token", "erasure"].includes(String(type)))
    .filter((item) => texts.some((text) => JSON.stringify(item).includes(text)))
    .map(({ type }) => type);

it("roles that an administrator offered with their own account are given by nobody else, once they are no administrator", async () => {
  const [boss, target] = [await portal.signedIn([roles.administrator]), await portal.register()];
  const targets = [{ email: target.email, access: 4, roles: [roles.provider] }];
  await expectSuccess(boss.post("accounts/me/connections", { targets }));
  const token = tokenIn((await sentMessages(target.email))[0]);
  await expectSuccess(portal.administrator.put(`accounts/${boss.id}`, { roles: [] }));
  expectFault(await accept(target, token), "kNotFound");
  expect((await target.get("accounts/me")).json.roles).toEqual([]);
});

describe("a reset by mail that proves an address for the first time", () => {
  it("ends the connections to the account at once", async () => {
    const { account, accomplice } = await shared();
    await reset(account);
    const attempts = [
      () => accomplice.get(`accounts/${account.id}`),
      () => accomplice.get(`accounts/${account.id}/dob`),
      () => accomplice.get(`accounts/${account.id}/image/content`),
      () => accomplice.put(`accounts/${account.id}`, { gender: "f" }),
      () => accomplice.patch(`accounts/${account.id}`, { op: "set", path: "gender", value: "f" }),
      () => accomplice.put(`accounts/${account.id}`, { favorite: true }),
      () => accomplice.put(`accounts/${account.id}/image`, { content: "me.jpg" }),
    ];
    for (const attempt of attempts) expectFault(await attempt(), "kNotFound");
    const { data } = await expectSuccess(accomplice.get("accounts"));
    expect(data.map(({ _id }: { _id: string }) => _id)).toEqual([accomplice.id]);
    const holder = await owner(account);
    const { shared: isShared, connections } = await expectSuccess(holder.get("accounts/me?include[]=connections"));
    expect([isShared, connections]).toEqual([false, []]);
    expect((await holder.get("connections")).json.data).toEqual([]);
  });
  it("leaves a provider what every provider has", async () => {
    const account = await portal.register();
    const provider = await portal.signedIn([roles.provider]);
    await connect(account, provider, 6);
    await reset(account);
    const { access } = await expectSuccess(provider.get(`accounts/${account.id}`));
    expect(access).toBe(2);
    expectFault(await provider.put(`accounts/${account.id}`, { gender: "f" }), "kAccessDenied", [
      ["kAccessDenied", "account.gender"],
    ]);
    const { data } = await expectSuccess(provider.get("accounts?limit=100"));
    expect(data.find(({ _id }: { _id: string }) => _id === account.id).access).toBe(2);
  });
  it("shows the account to them no longer as an updater either", async () => {
    const [account, accomplice] = [await portal.signedIn([roles.administrator]), await portal.register()];
    await connect(account, accomplice, 6);
    await expectSuccess(account.put(`accounts/${accomplice.id}`, { gender: "f" }));
    const updater = async () => (await accomplice.get("accounts/me?expand[]=updater")).json.updater;
    expect((await updater()).access).toBe(6);
    await reset(account);
    expect(await updater()).not.toHaveProperty("access");
  });
  it("ends offers that nobody has accepted: their tokens are void", async () => {
    const [account, accomplice] = [await portal.register(), await portal.register()];
    const { token } = await offer(account, accomplice.email, 6);
    await reset(account);
    expectFault(await accomplice.get(`connections/${token}`), "kNotFound");
    expectFault(await accept(accomplice, token), "kNotFound");
    const register = () => portal.visitor().post("accounts/register", { ...newPerson(), token });
    expectFault(await register(), "kNotFound");
    await eraseAll();
    expectFault(await accept(accomplice, token), "kNotFound");
    expectFault(await register(), "kNotFound");
    expectFault(await accomplice.get(`accounts/${account.id}`), "kNotFound");
  });
  it("does not return an accepted connection again to who repeats the acceptance", async () => {
    const [account, accomplice] = [await portal.register(), await portal.register()];
    const { token } = await offer(account, accomplice.email, 6);
    await expectSuccess(accept(accomplice, token));
    await reset(account);
    expectFault(await accept(accomplice, token), "kNotFound");
  });
  it("leaves nothing of them once the worker has been there, and notes their end", async () => {
    const { account, accomplice, connection } = await shared();
    const pending = await offer(account, (await portal.register()).email, 2);
    await reset(account);
    const ids = [connection._id, pending.connection._id];
    expect(await left(account.id)).toContain("erasure");
    expect(await eraseAll()).toEqual({ batchItemFailures: [] });
    expect(await left(...ids)).toEqual([]);
    expect((await accomplice.get("connections")).json.data).toEqual([]);
    const ended = (await allItems()).filter(({ what, ...event }) => {
      const text = JSON.stringify(event);
      return what === "connection.deleted" && ids.some((id) => text.includes(id));
    });
    expect(ended.map(({ who }) => who)).toEqual(ids.map(() => expect.objectContaining({ kind: "system" })));
    expect((await (await owner(account)).get("accounts/me")).json._id).toBe(account.id);
  });
  it("leaves what others share with the account", async () => {
    const [account, other] = [await portal.register(), await portal.register()];
    await connect(other, account, 4);
    await connect(account, await portal.register(), 4);
    await reset(account);
    await eraseAll();
    expect((await (await owner(account)).get(`accounts/${other.id}`)).json.access).toBe(4);
  });
  it.each([
    ["before", true],
    ["after", false],
  ])("lets the owner share the account with the same person, %s the worker has been there", async (_, isBefore) => {
    const { account, accomplice, connection } = await shared();
    await reset(account);
    if (!isBefore) await eraseAll();
    const { token } = await offer(await owner(account), accomplice.email, 2);
    const { _id, access } = await expectSuccess(accept(accomplice, token));
    expect([_id === connection._id, access]).toEqual([false, 2]);
    expect((await accomplice.get(`accounts/${account.id}`)).json.access).toBe(2);
    expect(await eraseAll()).toEqual({ batchItemFailures: [] });
    expect((await accomplice.get(`accounts/${account.id}`)).json.access).toBe(2);
    expect((await accomplice.get("connections")).json.data).toEqual([expect.objectContaining({ _id, access: 2 })]);
  });
  it.each(Array.from({ length: 5 }, (_, round) => round))(
    "leaves no access to who accepts an offer at the same moment (race %i)",
    async () => {
      const [account, accomplice] = [await portal.register(), await portal.register()];
      const { connection, token } = await offer(account, accomplice.email, 6);
      const useLink = await linkOf(account);
      const [accepted, proven] = await Promise.all([accept(accomplice, token), useLink()]);
      expect(proven.status).toBe(200);
      expect([200, 404]).toContain(accepted.status);
      expectFault(await accomplice.get(`accounts/${account.id}`), "kNotFound");
      await eraseAll();
      expectFault(await accomplice.get(`accounts/${account.id}`), "kNotFound");
      const { practice } = portal;
      const keys = {
        connection: connectionKey(practice, connection._id),
        access: connectionAccessKey({ ...practice, id: accomplice.id }, account.id),
      };
      expect(await readItems(keys)).toEqual({ connection: undefined, access: undefined });
    },
  );
  it("lets no write of theirs through that began before it", async () => {
    const { account, accomplice } = await shared();
    const useLink = await linkOf(account);
    const writes = Array.from({ length: 5 }, (_, place) =>
      accomplice.put(`accounts/${account.id}`, { c_place: place }),
    );
    const [proven, ...answers] = await Promise.all([useLink(), ...writes]);
    expect(proven?.status).toBe(200);
    for (const { status } of answers) expect([200, 404, 503]).toContain(status);
    expectFault(await accomplice.put(`accounts/${account.id}`, { c_place: 6 }), "kNotFound");
  });
});

describe("a reset by mail of a proven address", () => {
  it("leaves connections and offers as they are", async () => {
    const { account, accomplice } = await shared();
    const invited = await portal.register();
    const { token } = await offer(account, invited.email, 2);
    await verify(account);
    await reset(account);
    expect(await left(account.id)).not.toContain("erasure");
    expect((await accomplice.get(`accounts/${account.id}`)).json.access).toBe(6);
    expect((await expectSuccess(accept(invited, token))).access).toBe(2);
  });
});
