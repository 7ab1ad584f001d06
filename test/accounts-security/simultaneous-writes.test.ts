import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectAgreement } from "../kit/agreement.ts";
import { sentMessages } from "../kit/outside.ts";
import { expectSuccess, type Holder, openPortal, roles, type TestPortal, tokenIn } from "../kit/portal.ts";
import { another, atOnce, justBefore, many, outcomeOf, some, tally } from "./attack.ts";

let portal: TestPortal;
let holder: Holder;
beforeAll(async () => {
  portal = await openPortal();
});
afterAll(expectAgreement);
beforeEach(async () => {
  holder = await portal.register();
});
const whole = () => expectSuccess(portal.administrator.get(`accounts/${holder.id}`));
const lock = () => expectSuccess(portal.administrator.put(`accounts/${holder.id}`, { locked: true }));

describe("simultaneous writes", () => {
  it("of different properties are all kept", async () => {
    const changes = [
      { gender: "f" },
      { dob: "1990-02-03" },
      { tz: "US/Pacific" },
      { locale: "de_DE" },
      { name: { middle: "Middle" } },
      { name: { suffix: "III" } },
      { profile: { provider: { npi: "1" } } },
      { profile: { provider: { license: { number: "2" } } } },
      { preferences: { notifications: [{ label: "A" }] } },
      { c_a: { one: 1 } },
      { c_a: { two: 2 } },
      { c_b: [1, 2, 3] },
    ];
    const answers = await Promise.all(changes.map((change) => holder.put("accounts/me", change)));
    expect(tally(answers)).toEqual({ ok: changes.length });
    expect(await whole()).toMatchObject({
      gender: "f",
      dob: "1990-02-03",
      tz: "US/Pacific",
      locale: "de_DE",
      name: { first: "Charles", middle: "Middle", last: "Best", suffix: "III" },
      profile: { provider: { npi: "1", license: { number: "2" } } },
      preferences: { notifications: [{ label: "A" }] },
      c_a: { one: 1, two: 2 },
      c_b: [1, 2, 3],
    });
  });
  it("to one list are all kept, fifty at once", async () => {
    const answers = await atOnce(many, (place) =>
      holder.patch("accounts/me", { op: "push", path: "/c_list", value: place }),
    );
    expect(tally(answers)).toEqual({ ok: many });
    const { c_list: list } = await whole();
    expect(list.toSorted((one: number, other: number) => one - other)).toEqual(
      Array.from({ length: many }, (_, place) => place),
    );
  });
  it("of the same role by several administrators add it once", async () => {
    const push = { op: "push", path: "/roles", value: roles.support };
    const answers = await atOnce(some, () => portal.administrator.patch(`accounts/${holder.id}`, push));
    expect(tally(answers)).toEqual({ ok: some });
    expect((await whole()).roles).toEqual([roles.support]);
  });
  it("of holder and administrator are both kept, in any order", async () => {
    const put = (body: object) => holder.put("accounts/me", body);
    const byAdministrator = (body: object) => portal.administrator.put(`accounts/${holder.id}`, body);
    await justBefore(
      "account.updated",
      () => byAdministrator({ state: "verified" }),
      () => put({ gender: "f" }),
    );
    await justBefore(
      "account.updated",
      () => put({ c_x: 1 }),
      () => byAdministrator({ roles: [roles.support] }),
    );
    expect(await whole()).toMatchObject({ state: "verified", gender: "f", c_x: 1, roles: [roles.support] });
  });
});

describe("an administrator's lock", () => {
  it("is not overwritten by a write of the holder at the same moment", async () => {
    await justBefore("account.updated", lock, () => holder.put("accounts/me", { gender: "f" }));
    expect(await whole()).toMatchObject({ locked: true });
    expect(outcomeOf(await holder.get("accounts/me"))).toBe("kNotLoggedIn");
  });
  it("is not overwritten by many writes of the holder", async () => {
    const [locked, ...answers] = await Promise.all([
      lock(),
      ...Array.from({ length: some }, (_, place) => holder.put("accounts/me", { [`c_${place}`]: place })),
    ]);
    expect(locked.locked).toBe(true);
    const { ok = 0, kNotLoggedIn = 0 } = tally(answers);
    expect(ok + kNotLoggedIn).toBe(some);
    expect(await whole()).toMatchObject({ locked: true });
    expect(outcomeOf(await holder.get("accounts/me"))).toBe("kNotLoggedIn");
  });
  it("is not overwritten by a reset of the password or by a verification", async () => {
    await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email: holder.email }));
    const [resetMail, verificationMail] = await sentMessages(holder.email);
    const verification = tokenIn(verificationMail);
    const body = { token: tokenIn(resetMail), password: another(9) };
    await justBefore("account.verified", lock, () => expectSuccess(portal.visitor().post(`token/${verification}`)));
    await justBefore(
      "account.passwordReset",
      () => expectSuccess(portal.administrator.put(`accounts/${holder.id}`, { activationRequired: true })),
      () => expectSuccess(portal.visitor().post("accounts/reset-password", body)),
    );
    expect(await whole()).toMatchObject({ locked: true, activationRequired: true, state: "verified" });
    const login = { email: holder.email, password: body.password };
    expect(outcomeOf(await portal.visitor().post("accounts/login", login))).toBe("kAccountLocked");
  });
});

describe("a role that is removed", () => {
  it("allows nothing from the next call on", async () => {
    const administrator = await portal.signedIn([roles.administrator]);
    await expectSuccess(administrator.get(`accounts/${holder.id}`));
    await expectSuccess(portal.administrator.put(`accounts/${administrator.id}`, { roles: [] }));
    expect(outcomeOf(await administrator.get(`accounts/${holder.id}`))).toBe("kNotFound");
    expect(outcomeOf(await administrator.put("accounts/me", { roles: [roles.administrator] }))).toBe("kAccessDenied");
  });
});
