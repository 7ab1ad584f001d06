import { beforeAll, describe, expect, it } from "vitest";
import { type Holder, minutesAfter, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { allItems } from "../../kit/system.ts";
import { expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { addApp, beginApp, laterCode, mailsTo, signIn } from "./apps.ts";
import { connect } from "./connections.ts";
import { describeCall } from "./suites.ts";

const start = new Date();

describeCall("TotpDelete", async (portal) => {
  const client = await portal.register();
  await addApp(client, new Date());
  return { client, path: "accounts/me/totp", body: { password: client.password } };
});

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});
/** A person with an app. */
async function guarded(at = portal) {
  const person = await at.register();
  const app = await addApp(person, start);
  const remove = (password: unknown, now = start) =>
    person.send("DELETE", "accounts/me/totp", { body: { password }, now });
  return { person, app, remove };
}
const itemsOf = async ({ id }: Holder) => (await allItems()).filter(({ sk }) => sk === `TOTP#${id}`);

describe("200 result true", () => {
  it("turns it off for the holder, who states the password: no device is asked any more", async () => {
    const { person, app, remove } = await guarded();
    expectResult(await remove(person.password));
    expect((await signIn(portal.visitor(), person, start)).json._id).toBe(person.id);
    expect(await itemsOf(person)).toEqual([]);
    expect(JSON.stringify(await allItems())).not.toContain(app.secret);
  });
  it.each(["an administrator", "an application"])("turns it off for %s, who needs no password", async (who) => {
    const { person } = await guarded();
    const client = who === "an application" ? portal.administrator : await portal.signedIn([roles.administrator]);
    expectResult(await client.delete(`accounts/${person.id}/totp`));
    expect((await signIn(portal.visitor(), person, start)).json._id).toBe(person.id);
  });
  it("is mailed to the holder and audited, whoever did it", async () => {
    const { person } = await guarded();
    await portal.administrator.delete(`accounts/${person.id}/totp`);
    expect(await mailsTo(person.email, /was removed/)).toHaveLength(1);
    const events = (await allItems()).filter(
      ({ what, record }) => what === "account.totpRemoved" && (record as { id?: string }).id === person.id,
    );
    expect(events).toMatchObject([{ who: { kind: "application" } }]);
  });
  it("makes codes of the removed app worthless, also once another app was added", async () => {
    const { person, app, remove } = await guarded();
    await remove(person.password);
    await addApp(person, start);
    const now = minutesAfter(start, 1);
    expectFault(await signIn(portal.visitor(), person, now, laterCode(app, start)), "kCallbackNotFound");
    expectFault(await signIn(portal.visitor(), person, now, app.recoveryCodes[0]), "kCallbackNotFound");
  });
});

describe(named("kInvalidCredentials"), () => {
  it.each([
    ["a wrong one", "wrong"],
    ["none", undefined],
    ["another value", { $ne: "" }],
  ])("refuses the holder with %s as password; it stays on", async (_, password) => {
    const { person, remove } = await guarded();
    expectFault(await remove(password), "kInvalidCredentials");
    expectFault(await signIn(portal.visitor(), person, start), "kNewLocation");
  });
  it("is also returned to an administrator for their own account", async () => {
    const boss = await portal.signedIn([roles.administrator]);
    await addApp(boss, start);
    expectFault(await boss.send("DELETE", `accounts/${boss.id}/totp`, { now: start }), "kInvalidCredentials");
  });
});

describe(named("kAccountLocked"), () => {
  it("starts after five wrong passwords, also for the right one", async () => {
    const { person, remove } = await guarded();
    for (let tries = 0; tries < 5; tries++) expectFault(await remove("wrong"), "kInvalidCredentials");
    expectFault(await remove(person.password), "kAccountLocked");
  });
});

describe(named("kNotFound"), () => {
  it("is returned when none is active: never begun, pending, or removed", async () => {
    const person = await portal.register();
    const remove = () => person.send("DELETE", "accounts/me/totp", { body: { password: person.password }, now: start });
    await refused("kNotFound", remove);
    await beginApp(person, start);
    await refused("kNotFound", remove);
    await addApp(person, start);
    expectResult(await remove());
    await refused("kNotFound", remove);
  });
  it("is returned to somebody who may not see the account", async () => {
    const [{ person }, other] = [await guarded(), await portal.register()];
    await refused("kNotFound", () => other.delete(`accounts/${person.id}/totp`, { now: start }));
  });
});

describe(named("kAccessDenied"), () => {
  it("is returned to a provider, and to somebody who writes the account by a connection", async () => {
    const [{ person }, provider, friend] = [
      await guarded(),
      await portal.signedIn([roles.provider]),
      await portal.register(),
    ];
    await connect(person, friend, 6);
    for (const client of [provider, friend]) {
      await refused("kAccessDenied", () => client.delete(`accounts/${person.id}/totp`));
    }
    expect(await itemsOf(person)).toHaveLength(1);
  });
});

describe("fifty at once", () => {
  it("remove it once, with one event and one mail", async () => {
    const { person } = await guarded();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => portal.administrator.delete(`accounts/${person.id}/totp`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect([200, 404]).toContain(status);
    expect(await mailsTo(person.email, /was removed/)).toHaveLength(1);
  });
});
