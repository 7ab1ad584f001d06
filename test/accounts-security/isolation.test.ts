import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, offer } from "../functions/accounts/connections.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  applicationHeaders,
  codeIn,
  expectSuccess,
  type Holder,
  openClient,
  openPortal,
  type PortalClient,
  password,
  roles,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import { changeVendor, type Response, watchTable } from "../kit/system.ts";
import { another, outcomeOf } from "./attack.ts";

let portal: TestPortal;
let others: readonly (readonly [string, TestPortal])[];
let holder: Holder;
const neverWas = "5b0000000000000000000abc";
beforeAll(async () => {
  portal = await openPortal();
  others = [
    ["of the same vendor", await openPortal({}, {}, portal.practice)],
    ["of another vendor", await openPortal()],
    [
      "of another vendor, with the same practice key",
      await openPortal({}, { accountId: portal.org, websiteAddress: "namesake" }),
    ],
  ];
});
beforeEach(async () => {
  holder = await portal.register({ dob: "1990-02-03", c_note: "private", profile: { provider: { npi: "1" } } });
});
const everywhere = async (check: (where: TestPortal, name: string) => Promise<void>) => {
  for (const [name, where] of others) await check(where, name);
};
const bare = ({ status, headers, cookies, text }: Response) => ({ status, headers, cookies, text });

/** Every call that names an account. */
const ways: readonly (readonly [string, string, unknown?])[] = [
  ["GET", "{id}"],
  ["GET", "{id}?paths[]=name&include[]=connections&expand[]=updater"],
  ["GET", "{id}/name/first"],
  ["GET", "{id}/no_such_property"],
  ["GET", "{id}/__proto__/constructor"],
  ["PUT", "{id}", { gender: "f" }],
  ["PUT", "{id}", { favorite: true }],
  ["PUT", "{id}", { no_such_property: 1 }],
  ["PUT", "{id}", { locked: true }],
  ["PATCH", "{id}", { op: "set", path: "/gender", value: "f" }],
  ["PATCH", "{id}", { op: "explode", path: "" }],
  ["PATCH", "{id}", { op: "push", path: "/c_note", value: 1 }],
  ["POST", "{id}/connections", { targets: [{ email: "somebody@example.org", access: 6 }] }],
  ["POST", "{id}/connections", { targets: "none" }],
];
const ask = (client: PortalClient, [method, path, body]: (typeof ways)[number], id: string) =>
  client.send(method, `accounts/${path.replace("{id}", id)}`, body === undefined ? {} : { body });

describe("an account that the caller may not see", () => {
  it.each(ways)(
    "is answered for %s %s %j like an id that never existed, byte for byte and after the same work",
    async (method, path, body) => {
      const way = [method, path, body] as (typeof ways)[number];
      const patient = await portal.register();
      // Updates when the session was last used, at most once a minute.
      await patient.get("accounts/me");
      const { answer: masked, requests } = await watchTable(() => ask(patient, way, holder.id));
      const { answer: never, requests: neverRequests } = await watchTable(() => ask(patient, way, neverWas));
      expect(outcomeOf(masked)).toBe("kNotFound");
      expect(bare(masked)).toEqual(bare(never));
      expect(requests.map(({ command }) => command)).toEqual(neverRequests.map(({ command }) => command));
      for (const odd of ["x", holder.id.toUpperCase(), `${holder.id}0`, `%20${holder.id}`, holder.email, "__proto__"]) {
        const answer = await ask(patient, way, odd);
        if (odd !== holder.id) expect(bare(answer)).toEqual(bare(never));
      }
    },
  );
  it("is in no list, for any filter", async () => {
    const patient = await portal.register();
    const filters = [
      { _id: holder.id },
      { _id: { $in: [holder.id] } },
      { email: holder.email },
      { "name.first": "Charles" },
    ];
    for (const where of [...filters, { $or: filters }, { _id: { $gte: holder.id, $lte: holder.id } }]) {
      const { data } = await expectSuccess(patient.get(`accounts?where=${encodeURIComponent(JSON.stringify(where))}`));
      expect(data.map(({ _id }: { _id: string }) => _id).filter((id: string) => id !== patient.id)).toEqual([]);
    }
  });
  it("is not expanded as the updater of the caller's own account", async () => {
    const administrator = await portal.signedIn([roles.administrator]);
    await expectSuccess(administrator.put(`accounts/${holder.id}`, { roles: [] }));
    const me = await expectSuccess(holder.get("accounts/me?expand[]=updater"));
    expect(me.updater).toEqual({ _id: administrator.id, object: "account", path: `/accounts/${administrator.id}` });
  });
});

describe("a connection", () => {
  const calls: readonly (readonly [string, (client: PortalClient, id: string) => Promise<Response>])[] = [
    ["GET", (client, id) => client.get(`connections/${id}`)],
    ["PATCH", (client, id) => client.patch(`connections/${id}`, { access: 6 })],
    ["DELETE", (client, id) => client.delete(`connections/${id}`)],
    ["POST", (client, id) => client.post(`connections/${id}`)],
  ];
  it.each(calls)("answers %s to others as an id that never was, byte for byte, in every portal", async (_, send) => {
    const target = await portal.register();
    const connection = await connect(holder, target, 4);
    const { token } = await offer(holder, "somebody@example.org");
    const strangers = [await portal.register(), await portal.signedIn([roles.provider])];
    await everywhere(async (where) => {
      strangers.push(await where.register(), await where.signedIn([roles.administrator]));
    });
    for (const [place, client] of strangers.entries()) {
      const never = bare(await send(client, neverWas));
      expect(outcomeOf(await send(client, neverWas))).toBe("kNotFound");
      expect(bare(await send(client, connection._id))).toEqual(never);
      // In the same portal, whoever has the token may use it.
      if (place >= 2) expect(bare(await send(client, token))).toEqual(never);
    }
    expect((await holder.get(`connections/${connection._id}`)).json).toEqual(connection);
    expect((await target.get(`accounts/${holder.id}`)).json.access).toBe(4);
  });
  it("gives no access in another portal, nor to anybody but its target", async () => {
    const target = await portal.register();
    await connect(holder, target, 6);
    await everywhere(async (where) => {
      const namesake = await where.register({ email: target.email });
      expect(outcomeOf(await namesake.get(`accounts/${holder.id}`))).toBe("kNotFound");
    });
    const other = await portal.register();
    await connect(target, other, 6);
    // Access is not passed on.
    expect(outcomeOf(await other.get(`accounts/${holder.id}`))).toBe("kNotFound");
  });
  it("is in no list of others", async () => {
    await connect(holder, await portal.register(), 4);
    const stranger = await portal.register();
    expect((await expectSuccess(stranger.get("connections"))).data).toEqual([]);
    await everywhere(async (where) => {
      expect((await expectSuccess(where.administrator.get("connections"))).data).toEqual([]);
    });
  });
});

describe("a provider", () => {
  let provider: Holder;
  let plain: Holder;
  beforeEach(async () => {
    provider = await portal.signedIn([roles.provider]);
    plain = await portal.register();
  });

  it("reads only name, object, id and updates of others, in every way", async () => {
    const shown = ["_id", "access", "favorite", "name", "object", "shared"];
    const one = await expectSuccess(provider.get(`accounts/${holder.id}?include[]=connections&expand[]=updater`));
    expect(Object.keys(one).sort()).toEqual(shown);
    const { data } = await expectSuccess(
      provider.get(`accounts?where=${encodeURIComponent(JSON.stringify({ _id: holder.id }))}`),
    );
    expect(Object.keys(data[0]).sort()).toEqual(shown);
    for (const path of [
      "email",
      "mobile",
      "dob",
      "age",
      "key",
      "key/secret",
      "c_note",
      "roles",
      "profile/provider/npi",
    ]) {
      expect(outcomeOf(await provider.get(`accounts/${holder.id}/${path}`))).toBe("kNotFound");
    }
    const paths = await expectSuccess(
      provider.get(`accounts/${holder.id}?paths[]=email&paths[]=key.secret&paths[]=c_note`),
    );
    expect(paths).toEqual({ _id: holder.id, object: "account" });
  });
  it("cannot filter by what they may not read", async () => {
    for (const property of [
      "email",
      "mobile",
      "state",
      "locked",
      "roles",
      "gender",
      "created",
      "dob",
      "key.secret",
      "c_note",
    ]) {
      const where = encodeURIComponent(JSON.stringify({ [property]: "x" }));
      expect(outcomeOf(await provider.get(`accounts?where=${where}`))).toBe("kInvalidArgument");
    }
  });
  it("learns nothing about the values of others from refusals of changes", async () => {
    const properties = [
      "dob",
      "gender",
      "c_note",
      "profile",
      "profile/provider",
      "preferences",
      "mobile",
      "roles",
      "locked",
    ];
    for (const property of properties) {
      for (const operation of [
        { op: "push", value: "x" },
        { op: "remove", value: "x" },
        { op: "set", value: {} },
        { op: "set", value: "x" },
        { op: "unset" },
      ]) {
        const change = { ...operation, path: `/${property}` };
        const [full, empty] = [
          await provider.patch(`accounts/${holder.id}`, change),
          await provider.patch(`accounts/${plain.id}`, change),
        ];
        expect(outcomeOf(full), JSON.stringify(change)).toBe("kAccessDenied");
        expect(bare(empty)).toEqual(bare(full));
      }
    }
    expect((await plain.get("accounts/me")).json).not.toHaveProperty("updated");
    expect((await holder.get("accounts/me")).json).not.toHaveProperty("updated");
  });
  it("marks a favorite that only they see", async () => {
    await expectSuccess(provider.put(`accounts/${holder.id}`, { favorite: true }));
    expect((await provider.get(`accounts/${holder.id}`)).json.favorite).toBe(true);
    const mine = (await holder.get("accounts/me")).json;
    expect(mine.favorite).toBe(false);
    expect(mine).not.toHaveProperty("updated");
  });
});

describe("another portal", () => {
  it("reveals no account of this portal, not even to its own administrators", async () => {
    await everywhere(async (where) => {
      const administrators = [where.administrator, await where.signedIn([roles.administrator])];
      for (const client of administrators) {
        for (const way of ways) {
          const foreign = await ask(client, way, holder.id);
          expect(outcomeOf(foreign)).toBe("kNotFound");
          expect(bare(foreign)).toEqual(bare(await ask(client, way, neverWas)));
        }
        const filter = encodeURIComponent(JSON.stringify({ _id: { $in: [holder.id] } }));
        expect((await expectSuccess(client.get(`accounts?where=${filter}`))).data).toEqual([]);
      }
    });
    expect((await holder.get("accounts/me")).json).not.toHaveProperty("updated");
  });
  it("accepts no token of this portal, and does not use it up", async () => {
    await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email: holder.email }));
    const [resetMail, verificationMail] = await sentMessages(holder.email);
    const token = tokenIn(resetMail);
    const verification = tokenIn(verificationMail);
    await everywhere(async (where) => {
      const namesake = await where.register({ email: holder.email });
      const reset = await where.visitor().post("accounts/reset-password", { token, password: another(9) });
      expect(outcomeOf(reset)).toBe("kNotFound");
      for (const path of [`accounts/${verification}`, `token/${verification}`]) {
        expect(outcomeOf(await where.visitor().post(path))).toBe("kNotFound");
      }
      expect(bare(reset)).toEqual(
        bare(await where.visitor().post("accounts/reset-password", { token: "A".repeat(32), password: another(9) })),
      );
      await where.login(namesake);
    });
    await expectSuccess(portal.visitor().post(`token/${verification}`));
    await expectSuccess(portal.visitor().post("accounts/reset-password", { token, password: another(9) }));
    await portal.login({ email: holder.email, password: another(9) });
  });
  it("accepts no session and no CSRF token of this portal", async () => {
    await everywhere(async (where) => {
      const own = await where.register();
      const stolen = where.visitor();
      stolen.cookies.set("md.sid", String(holder.cookies.get("md.sid")));
      stolen.csrf = holder.csrf;
      expect((await stolen.get("accounts/status")).json).toEqual({ loggedin: false });
      for (const path of ["accounts/me", "accounts", `accounts/${holder.id}`]) {
        expect(outcomeOf(await stolen.get(path))).toBe("kNotLoggedIn");
      }
      expect(outcomeOf(await stolen.put("accounts/me", { gender: "f" }))).toBe("kNotLoggedIn");
      expect(outcomeOf(await stolen.post("accounts/me/logout"))).toBe("kNotLoggedIn");
      own.csrf = holder.csrf;
      expect(outcomeOf(await own.put("accounts/me", { gender: "f" }))).toBe("kCSRFTokenMismatch");
    });
    expect((await holder.get("accounts/me")).json._id).toBe(holder.id);
  });
  it("signs in no holder of this portal, and counts wrong guesses separately", async () => {
    await everywhere(async (where) => {
      const { email } = holder;
      for (let attempt = 0; attempt < 5; attempt++) {
        expect(outcomeOf(await where.visitor().post("accounts/login", { email, password }))).toBe(
          "kInvalidCredentials",
        );
      }
      expect(outcomeOf(await where.visitor().post("accounts/login", { email, password }))).toBe("kAccountLocked");
    });
    await portal.login(holder);
  });
  it("may have accounts with the same e-mail addresses", async () => {
    await everywhere(async (where) => {
      const namesake = await where.register({ email: holder.email, password: "a quite different 7 phrase" });
      expect(namesake.id).not.toBe(holder.id);
    });
    await portal.login(holder);
  });
});

describe("a token or code that was sent to one account", () => {
  it("cannot be used for another account of the same portal: a code works only for its account and device", async () => {
    const guarded = await openPortal({ twoFactor: true });
    const [one, other] = [await guarded.register(), await guarded.register({ mobile: "1-650-555-7777" })];
    const [device, second] = [guarded.visitor(), guarded.visitor()];
    const enter = (client: PortalClient, { email }: Holder, verificationToken?: string) =>
      client.post("accounts/login", { email, password, location: { verificationToken } });
    expect(outcomeOf(await enter(device, one))).toBe("kNewLocation");
    const code = codeIn((await sentMessages("+16505555555"))[0]);
    expect(outcomeOf(await enter(second, other))).toBe("kNewLocation");
    // Another account on the same device, then the same account on another device and without a device.
    expect(outcomeOf(await enter(device, other, code))).toBe("kCallbackNotFound");
    expect(outcomeOf(await enter(second, one, code))).toBe("kCallbackNotFound");
    expect(outcomeOf(await enter(guarded.visitor(), one, code))).toBe("kCallbackNotFound");
    expect(outcomeOf(await enter(device, one, code))).toBe("ok");
  });
  it("is refused with another type, length or letter case", async () => {
    const [mail] = await sentMessages(holder.email);
    const token = tokenIn(mail);
    const swapped = [...token].map((letter) =>
      letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
    );
    const odd: unknown[] = [
      [token],
      { token },
      { toString: 1, valueOf: 1 },
      ` ${token}`,
      `${token}A`,
      token.slice(1),
      swapped.join(""),
      null,
      5,
    ];
    for (const stated of odd) {
      expect(outcomeOf(await portal.visitor().post("token", { token: stated }))).toBe("kNotFound");
      const reset = { token: stated, password: another(9) };
      expect(outcomeOf(await portal.visitor().post("accounts/reset-password", reset))).toBe("kNotFound");
    }
    expect(outcomeOf(await portal.visitor().post("token", { token }))).toBe("ok");
  });
});

describe("client keys and credentials", () => {
  it("of another vendor are refused on every path", async () => {
    const [, , stranger] = others.map(([, where]) => where) as [TestPortal, TestPortal, TestPortal];
    const client = openClient(portal.org, { "medable-client-key": stranger.clientKey });
    client.cookies.set("md.sid", String(holder.cookies.get("md.sid")));
    client.csrf = holder.csrf;
    const answers = [
      await client.get("accounts/me"),
      await client.put("accounts/me", { gender: "f" }),
      await client.post("accounts/login", { email: holder.email, password }),
      await client.post("accounts/register", {}),
      await client.get("accounts/status"),
    ];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(outcomeOf(answers[0] as Response)).toBe("kAccessDenied");
  });
  it.each([
    ["another practice of the same vendor", 0],
    ["another vendor", 1],
    ["another vendor, with the same practice key", 2],
  ])("of the application of %s are refused with the same body, also together with a session", async (_, place) => {
    const [, where] = others[place] as (typeof others)[number];
    const { practice } = where;
    const { applicationId, applicationPassword } = portal.practice;
    const known = await portal
      .visitor()
      .get("accounts", { headers: { "medable-client-key": "GsAqlhnIMzrDeD8V2MBQWq" } });
    const stated = [
      practice,
      { ...practice, accountId: portal.practice.accountId },
      { ...practice, applicationId },
      { ...practice, applicationPassword, accountId: portal.practice.accountId },
    ].filter(
      (each) => JSON.stringify(Object.values(each).sort()) !== JSON.stringify(Object.values(portal.practice).sort()),
    );
    for (const credentials of stated) {
      for (const client of [portal.visitor(), holder]) {
        const answer = await client.get("accounts", { headers: applicationHeaders(credentials) });
        expect(answer.text).toBe(known.text);
        expect(answer.status).toBe(403);
      }
    }
  });
  it("of a disabled vendor are refused, and so are sessions that began before", async () => {
    const closing = await openPortal();
    const person = await closing.register();
    await changeVendor(closing.practice, (vendor) => ({ ...vendor, disabled: true }));
    for (const client of [person, closing.administrator, closing.visitor()]) {
      expect(outcomeOf(await client.get("accounts"))).toBe("kAccessDenied");
    }
    const answer = await closing.visitor().post("accounts/login", { email: person.email, password });
    expect(outcomeOf(answer)).toBe("kAccessDenied");
  });
  it("are not read from body or query", async () => {
    const { applicationId, applicationPassword, accountId } = portal.practice;
    const auth = { applicationId, applicationPassword, accountId };
    const path = `accounts?applicationId=${applicationId}&applicationPassword=${applicationPassword}&accountId=${accountId}`;
    expect(outcomeOf(await portal.visitor().get(path))).toBe("kNotLoggedIn");
    const answer = await portal.visitor().put(`accounts/${holder.id}`, { auth, gender: "f" });
    expect(outcomeOf(answer)).toBe("kNotLoggedIn");
  });
});
