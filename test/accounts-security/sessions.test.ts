import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { routeMethods } from "../../lib/api/routes.ts";
import { operations } from "../../lib/operations.ts";
import { withoutAccess } from "../../lib/practices/vendor.ts";
import { giveImages } from "../kit/images.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  codeIn,
  expectSuccess,
  type Holder,
  minutesAfter,
  newPerson,
  openPortal,
  type PortalClient,
  password,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import { allItems, call, changeVendor, expectOk, isWrite, watchTable } from "../kit/system.ts";
import { another, atOnce, justBefore, many, outcomeOf, some, tally } from "./attack.ts";

let portal: TestPortal;
let holder: Holder;
const start = new Date();
const at = (minutes: number) => ({ now: minutesAfter(start, minutes) });
beforeAll(async () => {
  portal = await openPortal();
});
beforeEach(async () => {
  holder = await portal.register({}, at(0));
});

const sidOf = ({ cookies }: PortalClient) => String(cookies.get("md.sid"));
/** A thief who has copied the session cookie and the CSRF token of a browser. */
function thief(of: PortalClient, where: TestPortal = portal): PortalClient {
  const client = where.visitor();
  client.cookies.set("md.sid", sidOf(of));
  client.csrf = of.csrf;
  return client;
}
const me = async (client: PortalClient, minutes = 1) => outcomeOf(await client.get("accounts/me", at(minutes)));

async function resetPassword(to: string): Promise<void> {
  const { email } = holder;
  await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email }, at(0)));
  const token = tokenIn((await sentMessages(email))[0]);
  await expectSuccess(portal.visitor().post("accounts/reset-password", { token, password: to }, at(0)));
}
const lock = (where = portal) => expectSuccess(where.administrator.put(`accounts/${holder.id}`, { locked: true }));
const unlock = () => expectSuccess(portal.administrator.put(`accounts/${holder.id}`, { locked: false }));
const setActive = async ({ practice, org }: TestPortal, active: boolean) =>
  expectOk(call("PracticeUpdate", { auth: practice, name: "Test Practice", websiteAddress: org, active }));

describe("existing sessions", () => {
  it("end with a change of the password, except the caller's own", async () => {
    const other = await portal.login(holder, at(0));
    const stolen = thief(other);
    const body = { current: holder.password, password: another(9) };
    await expectSuccess(holder.post("accounts/me/update-password", body, at(0)));
    expect([await me(holder), await me(other), await me(stolen)]).toEqual(["ok", "kNotLoggedIn", "kNotLoggedIn"]);
  });
  it("all end with a reset of the password", async () => {
    const other = await portal.login(holder, at(0));
    await resetPassword(another(9));
    expect([await me(holder), await me(other)]).toEqual(["kNotLoggedIn", "kNotLoggedIn"]);
  });
  it("end with a reset to the same password", async () => {
    await resetPassword(holder.password);
    expect(await me(holder)).toBe("kNotLoggedIn");
  });
  it.each([{ locked: true }, { activationRequired: true }])(
    "end when an administrator sets %j, and do not return when that is undone",
    async (change) => {
      await expectSuccess(portal.administrator.put(`accounts/${holder.id}`, change));
      expect(await me(holder)).toBe("kNotLoggedIn");
      const back = Object.fromEntries(Object.keys(change).map((name) => [name, false]));
      await expectSuccess(portal.administrator.put(`accounts/${holder.id}`, back));
      expect(await me(holder)).toBe("kNotLoggedIn");
      expect(await me(await portal.login(holder, at(0)))).toBe("ok");
    },
  );
  it("end when the practice is deactivated, and do not return when it is active again", async () => {
    const closing = await openPortal();
    const person = await closing.register({}, at(0));
    await setActive(closing, false);
    expect(await me(person)).toBe("kAccessDenied");
    await setActive(closing, true);
    expect(await me(person)).toBe("kNotLoggedIn");
    expect(await me(await closing.login(person, at(0)))).toBe("ok");
  });
  it.each(["accounts/me/logout", "accounts/logout"])(
    "end with POST %s, even for somebody who kept the cookie",
    async (path) => {
      const stolen = thief(holder);
      const other = await portal.login(holder, at(0));
      await expectSuccess(holder.post(path, {}, at(0)));
      expect(await me(stolen)).toBe("kNotLoggedIn");
      expect(outcomeOf(await stolen.put("accounts/me", { gender: "f" }, at(0)))).toBe("kNotLoggedIn");
      expect(await me(other)).toBe("ok");
    },
  );
  it("return kSessionExpired after a timeout only if nothing else has ended them", async () => {
    const stolen = thief(holder);
    await resetPassword(another(9));
    expect(await me(stolen, 16)).toBe("kNotLoggedIn");
  });
});

describe("a sign-in that is under way while", () => {
  const login = () =>
    portal.visitor().post("accounts/login", { email: holder.email, password: holder.password }, at(0));
  it("an administrator locks the account is refused, and begins no session", async () => {
    const response = await justBefore("account.signedIn", lock, login);
    expect([outcomeOf(response), response.cookies]).toEqual(["kAccountLocked", []]);
  });
  it("the password is reset is refused, and begins no session", async () => {
    const response = await justBefore("account.signedIn", () => resetPassword(another(9)), login);
    expect([outcomeOf(response), response.cookies]).toEqual(["kInvalidCredentials", []]);
  });
});

describe("a session that begins while", () => {
  it("the practice is deactivated is refused when the practice is active again", async () => {
    const closing = await openPortal();
    const { email } = await closing.register({}, at(0));
    const response = await justBefore(
      "account.signedIn",
      () => setActive(closing, false),
      () => closing.visitor().post("accounts/login", { email, password }, at(0)),
    );
    await setActive(closing, true);
    const client = closing.visitor();
    client.cookies.set("md.sid", /^md\.sid=([^;]+)/.exec(response.cookies.join("\n"))?.[1] ?? "");
    expect(await me(client)).toBe("kNotLoggedIn");
  });
});

describe("a session whose holder changes the password while", () => {
  const change = () =>
    holder.post("accounts/me/update-password", { current: holder.password, password: another(9) }, at(0));
  it("an administrator locks the account ends, and the password stays the old one", async () => {
    const stolen = thief(holder);
    expect(outcomeOf(await justBefore("account.passwordChanged", lock, change))).toBe("kNotLoggedIn");
    expect(await me(stolen)).toBe("kNotLoggedIn");
    await unlock();
    expect(await me(stolen)).toBe("kNotLoggedIn");
    await portal.login(holder, at(20));
  });
  it("it is logged out elsewhere ends, and the password stays the old one", async () => {
    const stolen = thief(holder);
    const logOut = () => expectSuccess(stolen.post("accounts/me/logout", {}, at(0)));
    expect(outcomeOf(await justBefore("account.passwordChanged", logOut, change))).toBe("kNotLoggedIn");
    expect(await me(holder)).toBe("kNotLoggedIn");
    await portal.login(holder, at(20));
  });
  it("the password is reset ends, and the password is that of the reset", async () => {
    const response = await justBefore("account.passwordChanged", () => resetPassword(another(8)), change);
    expect(outcomeOf(response)).toBe("kNotLoggedIn");
    expect(await me(holder)).toBe("kNotLoggedIn");
    await portal.login({ email: holder.email, password: another(8) }, at(20));
  });
});

describe("a cookie that existed before", () => {
  const planted = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v";

  it.each(["nobody's", "another's live", "the same person's live", "another's dead"])(
    "is not reused as the session by login or register: %s",
    async (whose) => {
      const other = await portal.register();
      const sid = { "nobody's": planted, "another's live": sidOf(other), "the same person's live": sidOf(holder) }[
        whose
      ];
      const old = sid ?? sidOf(other);
      if (!sid) await other.post("accounts/me/logout");
      for (const path of ["accounts/login", "accounts/register"]) {
        const client = portal.visitor();
        client.cookies.set("md.sid", old);
        const body = {
          "accounts/login": { email: holder.email, password },
          "accounts/register": newPerson(),
        }[path];
        const { _id: id } = await expectSuccess(client.post(path, body));
        expect(sidOf(client)).not.toBe(old);
        expect(sidOf(client)).toMatch(/^[A-Za-z0-9]{43}$/);
        const attacker = portal.visitor();
        attacker.cookies.set("md.sid", old);
        const seen = (await attacker.get("accounts/status")).json;
        // A live session that the browser presents has ended, whoever began it.
        expect(seen).toEqual({ loggedin: false });
        expect((await client.get("accounts/me")).json._id).toBe(id);
      }
    },
  );
  it("is not reused as the name of a device that register makes known", async () => {
    const guarded = await openPortal({ twoFactor: true });
    const client = guarded.visitor();
    client.cookies.set("md.fingerprint", "F".repeat(32));
    const { email } = await expectSuccess(client.post("accounts/register", newPerson()));
    expect(client.cookies.get("md.fingerprint")).not.toBe("F".repeat(32));
    const attacker = guarded.visitor();
    attacker.cookies.set("md.fingerprint", "F".repeat(32));
    expect(outcomeOf(await attacker.post("accounts/login", { email, password }))).toBe("kNewLocation");
  });
  it("does not become a known device by somebody else's verification, not even while it waits for the same code", async () => {
    const guarded = await openPortal({ twoFactor: true });
    const { email } = await guarded.register();
    const attacker = guarded.visitor();
    expect(outcomeOf(await attacker.post("accounts/login", { email, password }))).toBe("kNewLocation");
    const plantedName = String(attacker.cookies.get("md.fingerprint"));

    const victim = guarded.visitor();
    victim.cookies.set("md.fingerprint", plantedName);
    expect(outcomeOf(await victim.post("accounts/login", { email, password }))).toBe("kUnverifiedLocation");
    const code = codeIn((await sentMessages("+16505555555"))[0]);
    const location = { verificationToken: code };
    expect(outcomeOf(await victim.post("accounts/login", { email, password, location }))).toBe("ok");
    expect(outcomeOf(await victim.post("accounts/login", { email, password }))).toBe("ok");
    expect(outcomeOf(await attacker.post("accounts/login", { email, password }))).toBe("kNewLocation");
  });
  it("of a device that is known for one account is unknown for other accounts, in the same portal and in others", async () => {
    const guarded = await openPortal({ twoFactor: true });
    const sibling = await openPortal({ twoFactor: true }, {}, guarded.practice);
    const known = await guarded.register();
    const other = await guarded.register();
    const namesake = await sibling.register({ email: known.email });
    for (const [where, { email }] of [[guarded, other] as const, [sibling, namesake] as const]) {
      const client = where.visitor();
      client.cookies.set("md.fingerprint", String(known.cookies.get("md.fingerprint")));
      expect(outcomeOf(await client.post("accounts/login", { email, password }))).toBe("kNewLocation");
    }
  });
  it("of an invalid format is ignored, and a valid one after it is used", async () => {
    const cookie = `md.sid=; md.sid=${"x".repeat(4000)}; md.sid="; xmd.sid=${planted}; md.sid=${sidOf(holder)}`;
    const { json } = await portal.visitor().get("accounts/me", { ...at(1), headers: { cookie } });
    expect(json._id).toBe(holder.id);
  });
});

describe("several md.sid", () => {
  const asking = (...sids: readonly string[]) => ({
    ...at(1),
    headers: { cookie: sids.map((sid) => `md.sid=${sid}`).join("; ") },
  });
  const statusWith = async (...sids: readonly string[]) =>
    (await portal.visitor().get("accounts/status", asking(...sids))).json.account?._id;
  const planted = (place: number) => String(place).repeat(43);

  it("are looked through for the live one of this portal, at most four of them, in two round trips", async () => {
    const elsewhere = await (await openPortal()).register({}, at(0));
    const dead = await portal.login(holder, at(0));
    const deadSid = sidOf(dead);
    await expectSuccess(dead.post("accounts/me/logout", {}, at(0)));
    const own = sidOf(holder);
    expect(await statusWith(sidOf(elsewhere), deadSid, planted(1), own)).toBe(holder.id);
    expect(await statusWith(own, sidOf(elsewhere))).toBe(holder.id);
    expect(await statusWith(planted(1), planted(2), planted(3), planted(4), own)).toBeUndefined();
    expect(await statusWith(planted(1), planted(1), planted(2), planted(3), own)).toBe(holder.id);
    const { requests } = await watchTable(() => portal.visitor().get("accounts/me", asking(sidOf(elsewhere), own)));
    expect(requests.filter(({ command }) => command === "BatchGetItem")).toHaveLength(2);
  });
  it("count for one holder, whichever of their sessions is live", async () => {
    const other = await portal.login(holder, at(0));
    const sids = [sidOf(holder), sidOf(other)];
    expect(await statusWith(...sids)).toBe(holder.id);
    await expectSuccess(holder.delete("accounts/me/sessions", at(0)));
    for (const order of [sids, sids.toReversed()]) expect(await statusWith(...order)).toBe(holder.id);
  });
  it("count for nobody when two holders have a live one", async () => {
    const other = await portal.register({}, at(0));
    const sids = [sidOf(holder), sidOf(other)];
    for (const order of [sids, sids.toReversed()]) {
      expect(await statusWith(...order)).toBeUndefined();
      expect(outcomeOf(await portal.visitor().get("accounts/me", asking(...order)))).toBe("kNotLoggedIn");
    }
    await lock();
    for (const order of [sids, sids.toReversed()]) expect(await statusWith(...order)).toBe(other.id);
  });
  it("of which one has timed out do not hide the other", async () => {
    const other = await portal.register({}, at(20));
    const headers = { cookie: `md.sid=${sidOf(holder)}; md.sid=${sidOf(other)}` };
    const { json } = await portal.visitor().get("accounts/me", { ...at(21), headers });
    expect(json._id).toBe(other.id);
    expect(outcomeOf(await portal.visitor().get("accounts/me", { ...at(40), headers }))).toBe("kSessionExpired");
  });
});

describe("the session that a browser presents", () => {
  const sids = async () =>
    (await allItems()).filter(({ holderId, type }) => type === "session" && holderId === holder.id);
  const login = (client: PortalClient) =>
    client.post("accounts/login", { email: holder.email, password: holder.password }, at(1));
  const signedOut = async () =>
    (await allItems()).filter(
      ({ what, record }) => what === "account.signedOut" && JSON.stringify(record).includes(holder.id),
    );

  it("ends when somebody signs in or registers on it, with its entry in the list and an audit event", async () => {
    const other = await portal.register({}, at(0));
    const stolen = thief(holder);
    await expectSuccess(holder.post("accounts/login", { email: other.email, password: other.password }, at(1)));
    expect((await holder.get("accounts/me", at(1))).json._id).toBe(other.id);
    expect(await me(stolen)).toBe("kNotLoggedIn");
    expect(await sids()).toEqual([]);
    expect(await signedOut()).toHaveLength(1);
    const again = await portal.login(holder, at(1));
    const kept = thief(again);
    await expectSuccess(again.post("accounts/register", newPerson(), at(1)));
    expect(await me(kept)).toBe("kNotLoggedIn");
  });
  it("of another portal goes on", async () => {
    const sibling = await openPortal();
    const client = sibling.visitor();
    client.cookies.set("md.sid", sidOf(holder));
    await expectSuccess(client.post("accounts/register", newPerson(), at(1)));
    expect(await me(holder)).toBe("ok");
  });
  it("goes on when the sign-in is refused", async () => {
    const { email } = holder;
    expect(outcomeOf(await holder.post("accounts/login", { email, password: "wrong" }, at(1)))).toBe(
      "kInvalidCredentials",
    );
    expect(await me(holder)).toBe("ok");
  });
  it("is ended once by 50 sign-ins at once, which all succeed", async () => {
    const sid = sidOf(holder);
    const answers = await atOnce(many, () => {
      const client = portal.visitor();
      client.cookies.set("md.sid", sid);
      return login(client);
    });
    expect(tally(answers)).toEqual({ ok: many });
    expect(await sids()).toHaveLength(many);
    expect(await signedOut()).toHaveLength(1);
  });
});

describe("sessions of a vendor's portals", () => {
  it("end for good when the vendor is disabled", async () => {
    const closing = await openPortal();
    const person = await closing.register({}, at(0));
    await changeVendor(closing.practice, withoutAccess);
    expect(await me(person)).toBe("kAccessDenied");
    await changeVendor(closing.practice, (vendor) => ({ ...vendor, disabled: false }));
    expect(await me(person)).toBe("kNotLoggedIn");
    expect(await me(await closing.login(person, at(0)))).toBe("ok");
    await changeVendor(closing.practice, (vendor) => withoutAccess(withoutAccess(vendor)));
    await changeVendor(closing.practice, (vendor) => ({ ...vendor, disabled: false }));
    expect(await me(await closing.login(person, at(0)))).toBe("ok");
  });
});

describe("a session that has timed out", () => {
  it("cannot be revived by use: not by many calls at once, not by status, not by a refused call", async () => {
    for (const minutes of [15, 15.1, 16]) {
      expect((await holder.get("accounts/status", at(minutes))).json).toEqual({ loggedin: false });
      await holder.get("accounts/me", { ...at(minutes), headers: { "medable-client-key": undefined } });
      const answers = await atOnce(some, () => holder.get("accounts/me", at(minutes)));
      expect(tally(answers)).toEqual({ kSessionExpired: some });
    }
    expect(outcomeOf(await holder.put("accounts/me", { gender: "f" }, at(16)))).toBe("kSessionExpired");
  });
  it("stays valid while it is used, up to its maximum total time", async () => {
    await portal.settings({ sessionHours: 1 });
    const { email } = holder;
    const client = await portal.login({ email, password }, at(0));
    await portal.settings({ sessionHours: 12 });
    for (const minutes of [14, 28, 42, 56, 59.9]) expect(await me(client, minutes)).toBe("ok");
    for (const minutes of [60, 61]) expect(await me(client, minutes)).toBe("kSessionExpired");
  });
  it("after the portal's idle time was shortened cannot be revived, neither by a refused call nor by many at once", async () => {
    const strict = await openPortal({ sessionIdleMinutes: 60 });
    const person = await strict.register({}, at(0));
    await strict.settings({ sessionIdleMinutes: 5 });
    const noKey = { ...at(30), headers: { "medable-client-key": undefined } };
    expect(outcomeOf(await person.get("accounts/me", noKey))).toBe("kAccessDenied");
    const noToken = { ...at(30), headers: { "medable-csrf-token": undefined } };
    expect(outcomeOf(await person.put("accounts/me", {}, noToken))).toBe("kSessionExpired");
    const answers = await atOnce(some, () => person.get("accounts/me", at(30)));
    expect(tally(answers)).toEqual({ kSessionExpired: some });
    expect(await me(person, 4)).toBe("ok");
    expect(await me(person, 10.1)).toBe("kSessionExpired");
  });
  it("ends after the portal's total time, even if this was shortened during the session", async () => {
    const strict = await openPortal();
    const person = await strict.register({}, at(0));
    for (const minutes of [14, 28, 42, 56]) expect(await me(person, minutes)).toBe("ok");
    await strict.settings({ sessionHours: 1 });
    expect(await me(person, 59.9)).toBe("ok");
    expect(await me(person, 60.1)).toBe("kSessionExpired");
  });
  it("keeps its shorter idle time after the portal's was extended", async () => {
    const lax = await openPortal({ sessionIdleMinutes: 5 });
    const person = await lax.register({}, at(0));
    await lax.settings({ sessionIdleMinutes: 60 });
    expect(await me(person, 5)).toBe("kSessionExpired");
  });
  it("is not affected by a call whose clock is behind that of an earlier call", async () => {
    expect(await me(holder, 14)).toBe("ok");
    expect(await me(holder, 2)).toBe("ok");
    expect(await me(holder, 28)).toBe("ok");
    expect(await me(holder, 44)).toBe("kSessionExpired");
  });
});

describe("CSRF", () => {
  const rows = operations.filter(({ family, method }) => family === "accounts" && !["GET", "OPTIONS"].includes(method));
  const withSession = rows.filter(({ tier }) => tier !== "portal");
  const paths = (list: typeof rows) =>
    list.flatMap(({ id, method, paths }) =>
      paths.map((path, place) => [id, method, path.replace("/{org}/", ""), place === 0] as const),
    );
  const resolved = (path: string, id: string) =>
    path.replace(/^v2\//, "").replace("{id}", id).replace("{token}", "A".repeat(32));

  it("is checked for every call that writes, except login, register and the two calls of a password reset", () => {
    expect(rows.filter(({ tier }) => tier === "portal").map(({ id }) => id)).toEqual([
      "AccountRegister",
      "AccountLogin",
      "AccountRequestPasswordReset",
      "AccountResetPassword",
    ]);
  });
  /** Tokens that resemble a session's own. */
  const malformed = (own: string) => ["", "0".repeat(64), own.slice(1), `${own}0`, own.toUpperCase(), `${own},${own}`];
  it.each(paths(withSession))(
    "%s: %s %s requires the token of its own session and accepts no other",
    async (_, method, path, isFirst) => {
      // All addresses of an operation use the same code. So all except the first are tested with two cases only: no token,
      // and the token of another session.
      const again = await portal.login(holder, at(0));
      const versioned = path.startsWith("v2/");
      const target = resolved(path, holder.id);
      const attempt = (token: string | undefined) =>
        holder.send(method, target, { ...at(0), versioned, headers: { "medable-csrf-token": token }, body: {} });
      const before = (await holder.get("accounts/me", at(0))).json;
      const own = String(holder.csrf);
      expect(own).toMatch(/^[0-9a-f]{64}$/);
      const others = isFirst ? [(await portal.register({}, at(0))).csrf, sidOf(holder), ...malformed(own)] : [];
      for (const token of [undefined, again.csrf, ...others]) {
        expect(token).not.toBe(own);
        const response = await attempt(token);
        expect(outcomeOf(response)).toBe("kCSRFTokenMismatch");
        expect(response.headers).not.toHaveProperty("medable-csrf-token");
        expect(response.text).not.toContain(own);
      }
      expect((await holder.get("accounts/me", at(0))).json).toEqual(before);
      expect(outcomeOf(await attempt(own))).not.toBe("kCSRFTokenMismatch");
    },
  );
  it("the token is not read from the query, the body or a cookie", async () => {
    const csrf = String(holder.csrf);
    holder.cookies.set("medable-csrf-token", csrf);
    const attempt = await holder.put(
      `accounts/me?medable-csrf-token=${csrf}`,
      { "medable-csrf-token": csrf },
      { ...at(0), headers: { "medable-csrf-token": undefined } },
    );
    expect(outcomeOf(attempt)).toBe("kCSRFTokenMismatch");
  });
  it("is not checked for reads, because these write only the session's last use", async () => {
    const reads = operations.filter(
      ({ family, method, tier }) => family === "accounts" && method === "GET" && tier !== "none",
    );
    await giveImages([{ ...portal.practice, id: holder.id }]);
    const all: unknown[] = [];
    const targets = [{ email: "somebody@example.org", access: 2 }];
    const { data } = (await holder.post("accounts/me/connections", { targets }, at(0))).json;
    for (const path of reads.flatMap(({ paths }) => paths.map((each) => each.replace(/^\/\{org\}\/(v2\/)?/, "")))) {
      const target = resolved(path, holder.id)
        .replace("{property+}", "name/first")
        .replace("{name}", "content")
        .replace("{connection}", data[0]._id);
      for (const method of routeMethods("GET", path)) {
        const { answer, requests } = await watchTable(() =>
          holder.send(method, `${target}?favorite=true&locked=true`, {
            ...at(1),
            headers: { "medable-csrf-token": "x", accept: "application/json" },
          }),
        );
        // Some are for administrators only.
        const isRefused = /^settings|\/events\/?$/.test(target);
        expect(answer.status, target).toBe(isRefused ? 403 : 200);
        if (isRefused && method === "GET") expect(answer.json.code).toBe("kAccessDenied");
        const writes = requests.filter(isWrite).map(({ input }) => input.UpdateExpression);
        all.push(...writes);
      }
    }
    expect(all).toEqual(["SET lastSeenAt = :now"]);
  });
  it("does not affect login, register and password reset, even with a stale token", async () => {
    for (const token of ["stale", "", "0".repeat(64), "x".repeat(5000)]) {
      const headers = { "medable-csrf-token": token };
      const stale = { ...at(0), headers };
      const { email } = holder;
      const client = thief(holder);
      expect(outcomeOf(await client.post("accounts/login", { email, password }, stale))).toBe("ok");
      expect(outcomeOf(await client.post("accounts/request-password-reset", { email }, stale))).toBe("ok");
      expect(outcomeOf(await client.post("accounts/reset-password", { token: "x" }, stale))).toBe("kNotFound");
      expect(outcomeOf(await client.post("accounts/register", { email }, stale))).toBe("kValidationError");
    }
  });
  it("the table contains neither the token nor the session's id", async () => {
    const table = JSON.stringify(await allItems());
    expect(table).not.toContain(sidOf(holder));
    expect(table).not.toContain(holder.csrf);
  });
});
