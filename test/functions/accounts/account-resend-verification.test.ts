import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../../kit/outside.ts";
import { type Holder, minutesAfter, openPortal, roles, type TestPortal, tokenIn } from "../../kit/portal.ts";
import { expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { connect } from "./connections.ts";
import { describeCall } from "./suites.ts";

const path = "accounts/me/resend-verification";
describeCall("AccountResendVerification", async (portal) => ({ client: await portal.signedIn(), path }));

let portal: TestPortal;
beforeAll(async () => {
  // Sessions that last longer than the times in this test.
  portal = await openPortal({ sessionIdleMinutes: 1440 });
});

const start = new Date();
const resend = (person: Holder, now: Date = start) => person.post(path, undefined, { now });
const tokensOf = async ({ email }: Holder) => (await sentMessages(email)).map(tokenIn);
const verify = (token: string | undefined) => portal.visitor().post(`accounts/${token}`, undefined, { now: start });

describe("200 result true", () => {
  it("mails another token at once, which invalidates the previous one", async () => {
    const person = await portal.register({}, { now: start });
    expectResult(await resend(person));
    const [newer, older, ...more] = await tokensOf(person);
    expect(more).toEqual([]);
    expectFault(await verify(older), "kNotFound");
    expectResult(await verify(newer));
    expect((await person.get("accounts/me", { now: start })).json.state).toBe("verified");
  });
  it("mails a link into the portal to the holder's address", async () => {
    const person = await portal.register();
    await resend(person);
    const [mail] = await sentMessages(person.email);
    expect(mail).toMatchObject({ channel: "email", to: person.email });
    expect(mail?.text).toContain(`https://${portal.org}.portal.example.com/verify?token=${tokenIn(mail)}\n`);
  });
  // Regression: one address gets five mails an hour. A sixth token was never mailed, and invalidated the one that was.
  it("mails at most five times an hour, with the registration; a further request sends nothing and invalidates no token", async () => {
    const person = await portal.register({}, { now: start });
    for (let time = 0; time < 7; time++) expectResult(await resend(person, minutesAfter(start, time)));
    const tokens = await tokensOf(person);
    expect(tokens).toHaveLength(5);
    expectResult(await resend(person, new Date(+minutesAfter(start, 60) - 1000)));
    expect(await tokensOf(person)).toEqual(tokens);
    expectResult(await verify(tokens[0]));
  });
  it("mails again an hour after the registration", async () => {
    const person = await portal.register({}, { now: start });
    for (let time = 0; time < 5; time++) await resend(person, minutesAfter(start, time));
    expectResult(await resend(person, minutesAfter(start, 60)));
    expect(await tokensOf(person)).toHaveLength(6);
  });
});

describe("409 kExists, nested in a result", () => {
  it("is returned when the e-mail is verified already, as printed in the source", async () => {
    const person = await portal.register({}, { now: start });
    const [token] = await tokensOf(person);
    await verify(token);
    const { status, json } = await resend(person);
    expect(json).toEqual({
      object: "result",
      data: {
        object: "fault",
        name: "error",
        code: "kExists",
        status: 409,
        reason: "Account already verified",
      },
    });
    expect(status).toBe(409);
    expect(await tokensOf(person)).toHaveLength(1);
  });
});

describe("by an administrator", () => {
  it("mails the holder another link, the same as by the holder, and says who did it in the audit event", async () => {
    const boss = await portal.signedIn([roles.administrator], { now: start });
    for (const client of [boss, portal.administrator]) {
      const person = await portal.register({}, { now: start });
      const address = `accounts/${person.id.toUpperCase()}/resend-verification`;
      expectResult(await client.post(address, undefined, { now: start }));
      const [newer, older] = await tokensOf(person);
      expectFault(await verify(older), "kNotFound");
      expectResult(await verify(newer));
      const { json } = await portal.administrator.get(`accounts/${person.id}/events`);
      const resent = json.data.find(({ what }: { what: string }) => what === "account.verificationResent");
      expect(resent.who).toMatchObject(
        client === boss ? { kind: "portalAccount", account: { _id: boss.id } } : { kind: "application" },
      );
    }
  });
  it("counts towards the same five mails an hour", async () => {
    const person = await portal.register({}, { now: start });
    const path = `accounts/${person.id}/resend-verification`;
    for (let time = 0; time < 3; time++) expectResult(await portal.administrator.post(path, undefined, { now: start }));
    for (let time = 0; time < 3; time++) expectResult(await resend(person));
    expect(await tokensOf(person)).toHaveLength(5);
  });
  it("is the nested 409 once the address is verified", async () => {
    const person = await portal.register({}, { now: start });
    await verify((await tokensOf(person))[0]);
    const { status, json } = await portal.administrator.post(`accounts/${person.id}/resend-verification`);
    expect([status, json.object, json.data.code]).toEqual([409, "result", "kExists"]);
  });
});

describe(named("kAccessDenied"), () => {
  it("is returned to others who see the account", async () => {
    const [person, friend, provider] = [
      await portal.register(),
      await portal.register(),
      await portal.signedIn([roles.provider]),
    ];
    await connect(person, friend, 6);
    for (const client of [friend, provider]) {
      await refused("kAccessDenied", () => client.post(`accounts/${person.id}/resend-verification`));
    }
  });
});

describe(named("kNotFound"), () => {
  it("is returned for an account that does not exist, and to those who do not see it", async () => {
    const [person, stranger] = [await portal.register(), await portal.register()];
    await refused("kNotFound", () => stranger.post(`accounts/${person.id}/resend-verification`));
    await refused("kNotFound", () =>
      portal.administrator.post("accounts/000000000000000000000009/resend-verification"),
    );
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is returned for application credentials, which have no e-mail", async () => {
    await refused("kNotLoggedIn", () => portal.administrator.post(path));
  });
});
