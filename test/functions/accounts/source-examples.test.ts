import { beforeAll, describe, expect, it } from "vitest";
import { type Account, accountCreation, newAccount } from "../../../lib/accounts/account/account.ts";
import type { Document } from "../../../lib/accounts/account/document.ts";
import { passwordResetPart } from "../../../lib/accounts/mail/password-reset.ts";
import { digestOf } from "../../../lib/crypto/digest.ts";
import { hashPassword } from "../../../lib/crypto/password-hash.ts";
import { newId } from "../../../lib/crypto/random.ts";
import { passwordResetKey, tokenKey } from "../../../lib/table/keys.ts";
import { create, write } from "../../../lib/table/transact.ts";
import { makeClientKey, openClient, openPortal, type PortalClient, type TestPortal } from "../../kit/portal.ts";
import type { Response } from "../../kit/system.ts";
import { aKey, anId, aTime } from "./accounts-contract.ts";
import { bracketed, bracketedType } from "./bracketed.ts";

/**
 * The requests and objects of the source document, unchanged, with its own practice and client key. Its jQuery samples do
 * not say how their data is encoded: jQuery sends bracketed names, other clients send JSON.
 */

const clientKey = "GsAqlhnIMzrDeD8V2MBQWq";
let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal({}, { websiteAddress: "example" });
  await makeClientKey(portal.practice, clientKey);
});

/** A `$.ajax` call of the source: its URL, method and data, with the session of the browser. */
async function ajax(browser: PortalClient, url: string, method: string, data?: object, asJson = false) {
  const [, versioned, path = ""] = /^https:\/\/api\.dev\.medable\.com\/example\/(v2\/)?(.*)$/.exec(url) ?? [];
  const body = data && (asJson ? JSON.stringify(data) : bracketed(data));
  const headers = { "content-type": asJson ? "application/json" : bracketedType };
  return browser.send(method, path, { body, headers, versioned: versioned !== undefined });
}
const browser = () => openClient("example", { "medable-client-key": clientKey });
const ways = [
  ["bracketed names", false],
  ["JSON", true],
] as const;

/** Stores an account with all properties of the printed example. */
async function store(
  person: Partial<Omit<Account, "document">> & { document?: Partial<Document>; email: string; password?: string },
) {
  const { password = "", document, ...rest } = person;
  const now = new Date();
  const defaults: Document = {
    name: { first: "James", last: "Smith" },
    mobile: "+16505555555",
    locale: "en_US",
    state: "unverified",
    locked: false,
    activationRequired: false,
    roles: [],
  };
  const passwordHash = password && (await hashPassword(password));
  const whole = { id: newId(now), passwordHash, ...rest, document: { ...defaults, ...document } };
  const account: Account = { ...newAccount(portal.practice, whole, now), ...rest };
  await write(() => accountCreation(account));
  return account;
}
async function signIn(email: string, password: string): Promise<PortalClient> {
  const client = browser();
  succeeded(await client.post("accounts/login", { email, password }));
  return client;
}
function succeeded({ status, text }: Response) {
  expect(text).not.toContain('"fault"');
  expect(status).toBe(200);
}
let people = 0;
/** Another e-mail address, for samples that are sent in both encodings. */
const freshEmail = () => {
  people += 1;
  return `source-${people}@example.org`;
};
const passphrase = "this is not my passphrase";

describe("requests", () => {
  it("List", async () => {
    await store({ email: freshEmail(), document: { name: { first: "Charles", last: "Best" } } });
    const admin = await store({
      email: freshEmail(),
      password: passphrase,
      document: { roles: ["000000000000000000000004"] },
    });
    const client = await signIn(admin.email, passphrase);
    const response = await ajax(client, "https://api.dev.medable.com/example/v2/accounts?paths[]=name", "GET");
    succeeded(response);
    const { data, ...rest } = response.json;
    expect(rest).toEqual({ object: "list", hasMore: false });
    for (const account of data) {
      expect(account).toEqual({
        _id: anId,
        object: "account",
        name: { first: expect.any(String), last: expect.any(String) },
      });
    }
    expect(data.map(({ name }: { name: object }) => name)).toContainEqual({ first: "Charles", last: "Best" });
  });
  it("Read", async () => {
    const id = "5525fc2db7995d2c2807632a";
    await store({ id, email: freshEmail(), document: { name: { first: "Charles", last: "Best" } } });
    const provider = await store({
      email: freshEmail(),
      password: passphrase,
      document: { roles: ["000000000000000000000005"] },
    });
    const client = await signIn(provider.email, passphrase);
    const url = `https://api.dev.medable.com/example/v2/accounts/${id}`;
    const response = await ajax(client, url, "GET");
    succeeded(response);
    expect(response.json).toEqual({
      _id: id,
      object: "account",
      access: 2,
      favorite: false,
      name: { first: "Charles", last: "Best" },
      shared: false,
    });
  });
  it("Current User", async () => {
    const person = await store({ email: freshEmail(), password: passphrase });
    const client = await signIn(person.email, passphrase);
    const response = await ajax(client, "https://api.dev.medable.com/example/v2/accounts/me", "GET");
    succeeded(response);
    expect(response.json._id).toBe(person.id);
  });
  it.each(ways)("Register, by %s", async (_, asJson) => {
    const own = await openPortal({}, {}, portal.practice);
    const data = {
      name: { first: "Charles", last: "Best" },
      email: "charles.best@example.org",
      gender: "m",
      dob: "1899-02-27",
      mobile: "1-650-555-5555",
      password: "Thanks for the break, Banting!",
    };
    // Each time in a new portal, where nobody has the e-mail yet.
    const client = openClient(own.org, { "medable-client-key": clientKey });
    const response = await ajax(
      client,
      "https://api.dev.medable.com/example/v2/accounts/register",
      "POST",
      data,
      asJson,
    );
    succeeded(response);
    expect(response.json).toMatchObject({
      _id: anId,
      access: 6,
      dob: "1899-02-27",
      email: "charles.best@example.org",
      favorite: false,
      gender: "m",
      key: aKey,
      locale: "en_US",
      locked: false,
      mobile: "+16505555555",
      name: { first: "Charles", last: "Best" },
      object: "account",
      roles: [],
      shared: false,
      state: "unverified",
    });
    const me = await ajax(client, "https://api.dev.medable.com/example/v2/accounts/me", "GET");
    expect(me.json).toEqual(response.json);
  });
  it("Login, then Update My Password, then Logout", async () => {
    await store({ email: "james@example.com", password: passphrase });
    const login = {
      email: "james@example.com",
      password: "this is not my passphrase",
      location: { verificationToken: "123456", locationName: "New Orleans", singleUse: true },
    };
    for (const [, asJson] of ways) {
      const response = await ajax(
        browser(),
        "https://api.dev.medable.com/example/v2/accounts/login",
        "POST",
        login,
        asJson,
      );
      succeeded(response);
      expect(response.json.email).toBe("james@example.com");
    }
    const client = browser();
    await ajax(client, "https://api.dev.medable.com/example/v2/accounts/login", "POST", login);
    const update = { current: "this is not my passphrase", password: "correct horse battery staple" };
    const url = "https://api.dev.medable.com/example/v2/accounts/me/update-password";
    const updated = await ajax(client, url, "POST", update);
    succeeded(updated);
    expect(updated.json).toEqual({ object: "result", data: aKey });
    // The document prints this path without a version.
    const back = { current: update.password, password: "here's a new passphrase!" };
    succeeded(await ajax(client, url.replace("v2/", ""), "POST", back, true));
    const logout = await ajax(client, "https://api.dev.medable.com/example/v2/accounts/me/logout", "POST");
    succeeded(logout);
    expect(logout.json).toEqual({ object: "result", data: true });
  });
  it.each(ways)("Request Password Reset, by %s", async (_, asJson) => {
    const url = "https://api.dev.medable.com/example/v2/accounts/request-password-reset";
    const response = await ajax(browser(), url, "POST", { email: "charles.best@medable.com" }, asJson);
    succeeded(response);
    expect(response.json).toEqual({ object: "result", data: true });
  });
  it.each([
    ["bracketed names", "https://api.dev.medable.com/example/v2/accounts/reset-password", false],
    ["JSON, at the document's own path", "https://api.dev.medable.com/example/accounts/reset-password", true],
  ])("Update Password (Token), by %s", async (_, url, asJson) => {
    const token = "kPBg3AACpwTzhiOpUTz2i2koJqqot70M";
    const person = await store({ email: freshEmail(), password: passphrase });
    const now = new Date();
    const stateKey = passwordResetKey(portal.practice, person.email);
    const { applicationId, accountId } = portal.practice;
    const endsAt = +now + 3_600_000;
    const stored = { type: "token", applicationId, accountId, holderId: person.id, endsAt, stateKey };
    await write(() => [
      create(tokenKey("passwordReset", token), stored, "changed"),
      passwordResetPart(stateKey, undefined, { tokenDigest: digestOf(token), sentAt: [+now] }, now),
    ]);
    const data = { token: "kPBg3AACpwTzhiOpUTz2i2koJqqot70M", password: "here's a new passphrase!" };
    const response = await ajax(browser(), url, "POST", data, asJson);
    succeeded(response);
    expect(response.json).toEqual({ object: "result", data: true });
    await signIn(person.email, "here's a new passphrase!");
  });
  it("Verify Email From Token, then Resend Email Verification", async () => {
    const token = "lBMSJWtqKVdx8Z888syX6axpCk2j7eYm";
    const url = "https://api.dev.medable.com/example/v2/accounts/me/resend-verification";
    const early = await store({ email: freshEmail(), password: passphrase });
    const resent = await ajax(await signIn(early.email, passphrase), url, "POST");
    succeeded(resent);
    expect(resent.json).toEqual({ object: "result", data: true });

    const person = await store({ email: freshEmail(), password: passphrase, verificationDigest: digestOf(token) });
    const { applicationId, accountId } = portal.practice;
    const stored = { type: "token", applicationId, accountId, holderId: person.id, endsAt: Date.now() + 3_600_000 };
    await write(() => [create(tokenKey("verification", token), stored, "changed")]);
    const verified = await ajax(browser(), `https://api.dev.medable.com/example/v2/accounts/${token}`, "POST");
    succeeded(verified);
    expect(verified.json).toEqual({ object: "result", data: true });
    const { status, json } = await ajax(await signIn(person.email, passphrase), url, "POST");
    expect(status).toBe(409);
    expect(json).toEqual({
      object: "result",
      data: { object: "fault", name: "error", code: "kExists", status: 409, reason: "Account already verified" },
    });
  });
  it("Update by PUT, then by PATCH", async () => {
    const john = await store({ ...patched, password: passphrase });
    const client = await signIn(john.email, passphrase);
    const url = "https://api.dev.medable.com/example/v2/accounts/586eb9ef64129a5f3631a0ca";
    const push = { op: "push", path: "/roles", value: "587012227d67efea0843fa80" };
    const pushed = await ajax(client, url, "PATCH", push);
    succeeded(pushed);
    expect(pushed.json).toEqual({ ...patchAnswer, activationRequired: false, updated: aTime });
    // Pushed again, as JSON: the role is stored only once.
    expect((await ajax(client, url, "PATCH", push, true)).json.roles).toEqual(patchAnswer.roles);

    const data = { name: { first: "Bob", last: "Dole" } };
    for (const [, asJson] of ways) {
      const put = await ajax(client, url, "PUT", data, asJson);
      succeeded(put);
      expect(put.json).toEqual({
        ...patchAnswer,
        activationRequired: false,
        name: { first: "Bob", last: "Dole" },
        updated: aTime,
      });
    }
  });
});

/** The answer to PATCH as printed in the source. */
const patchAnswer = {
  _id: "586eb9ef64129a5f3631a0ca",
  access: 6,
  created: "2016-01-05T21:26:07.292Z",
  email: "john@medable.com",
  favorite: false,
  gender: "m",
  inherited_roles: ["000000000000000000000007", "000000000000000000000006"],
  key: { fingerprint: "a15aecd0-d394-11e6-9754-5f93dce3d489", secret: "fDQEdMnfqxmFvCBtHpl7FWPnxcUTaBOl" },
  locale: "en_US",
  locked: false,
  mobile: "+12223334444",
  name: { first: "John", last: "Smith" },
  object: "account",
  roles: ["000000000000000000000004", "587012227d67efea0843fa80"],
  shared: false,
  state: "verified",
  updated: "2016-06-06T14:01:08.699Z",
  updater: {
    _id: "586eb9ef64129a5f3631a0ca",
    object: "account",
    path: "/accounts/586eb9ef64129a5f3631a0ca",
  },
};
/** The same account before the PATCH. */
const patched = {
  id: patchAnswer._id,
  email: patchAnswer.email,
  key: patchAnswer.key,
  createdAt: patchAnswer.created,
  document: {
    name: patchAnswer.name,
    mobile: patchAnswer.mobile,
    gender: patchAnswer.gender,
    state: "verified",
    roles: ["000000000000000000000004"],
  },
};

/** The example account object as printed in the source. */
const exampleObject = {
  _id: "54c66edac364f2201b78c34e",
  access: 6,
  dob: "1975-01-26",
  email: "john.smith@example.com",
  favorite: false,
  gender: "m",
  key: { fingerprint: "094be6f0-a57b-11e4-9323-d35446f5af36", secret: "P07uqKLlXDWjj3s85TGJt4BXSuSCFlpx" },
  locale: "en_US",
  locked: false,
  mobile: "15551234567",
  name: { first: "John", last: "Smith" },
  object: "account",
  preferences: {
    notifications: [
      {
        label: "Custom Notifier",
        name: "c_notifier",
        _id: "56cbfddcba9ef5257bf48513",
        endpoints: [
          { _id: "456e64706f696e7420536d73", enabled: false, label: "SMS", name: "sms" },
          { _id: "456e64706f696e7420456d6c", enabled: true, label: "Email", name: "email" },
        ],
      },
    ],
  },
  profile: {
    provider: {
      affiliation: "None",
      license: { number: "777", state: "Alabama" },
      npi: "798798798",
      specialty: "Allergy and Immunology",
      state: "processing",
      visibility: { provider: false, public: false },
    },
  },
  roles: ["000000000000000000000005"],
  shared: false,
  state: "verified",
  updated: "2015-03-12T18:47:34.010Z",
};
/** The answer to `GET accounts/me` and to register as printed in the source. */
const exampleMe = {
  _id: "552352a4ea05b030066583fc",
  access: 6,
  dob: "1899-02-27",
  email: "charles.best@example.org",
  favorite: false,
  gender: "m",
  key: { fingerprint: "69521070-dcd8-11e4-98e9-c5a28d7729c2", secret: "cUdg8LCspNtSVDPCdr281oD6c2PO0EVW" },
  locale: "en_US",
  locked: false,
  mobile: "16505555555",
  name: { first: "Charles", last: "Best" },
  object: "account",
  roles: [],
  shared: false,
  state: "unverified",
};

/** The answer to Read as printed in the source. */
const exampleRead = {
  _id: "5525fc2db7995d2c2807632b",
  access: 2,
  favorite: false,
  image: {
    ETag: "594b69d035ac27c2e69ef053082eb6a3",
    creator: "5525fc2db7995d2c2807632b",
    facets: [
      {
        ETag: "047fb43a1389f6a00d06fdbbe8780a0c",
        creator: "5525fc2db7995d2c2807632b",
        height: 160,
        location: 4,
        mime: "image/jpeg",
        name: "thumbnail",
        path: "/accounts/5525fc2db7995d2c2807632b/image/thumbnail",
        size: 7823,
        state: 2,
        width: 160,
      },
    ],
    height: 500,
    location: 4,
    mime: "image/jpeg",
    name: "content",
    path: "/accounts/5525fc2db7995d2c2807632b/image/content",
    size: 52586,
    state: 2,
    width: 622,
  },
  name: { first: "Charles", last: "Best" },
  object: "account",
  shared: true,
  updated: "2015-04-15T16:56:32.052Z",
  updater: {
    _id: "000000000000000000000002",
    object: "account",
    path: "/accounts/000000000000000000000002",
  },
};

describe("objects", () => {
  it("a provider reads the example with the image, key by key", async () => {
    const { _id: id, image, name, updated, updater } = exampleRead;
    const [{ ETag: etag = "", ...thumbnail } = {}] = image.facets;
    const sizeOf = ({ height = 0, size = 0, width = 0 }) => ({ height, size, width });
    await store({
      id,
      email: freshEmail(),
      document: { name },
      updatedAt: updated,
      updaterId: updater._id,
      image: {
        uploadId: newId(new Date()),
        creator: id,
        filename: "me.jpg",
        state: 2,
        uploadEndsAt: Date.now(),
        content: { etag: image.ETag, ...sizeOf(image) },
        thumbnail: { etag, ...sizeOf(thumbnail) },
      },
    });
    const targets = [{ email: freshEmail(), access: 2 }];
    succeeded(await portal.administrator.post(`accounts/${id}/connections`, { targets }));
    const provider = await store({
      email: freshEmail(),
      password: passphrase,
      document: { roles: ["000000000000000000000005"] },
    });
    const client = await signIn(provider.email, passphrase);
    const { json } = await ajax(client, `https://api.dev.medable.com/example/v2/accounts/${id}`, "GET");
    expect(json).toEqual(exampleRead);
  });

  it.each([
    ["the example account", exampleObject],
    ["the current user", exampleMe],
  ])("%s can be represented, except for its mobile, which has no plus", async (_, example) => {
    const { _id: id, access, email, favorite, key, object, shared, mobile, ...document } = example;
    const { updated, ...plain } = document as typeof document & { updated?: string };
    await store({
      id,
      email,
      key,
      password: passphrase,
      document: { ...plain, mobile: `+${mobile}` } as Document,
      ...(updated && { updatedAt: updated }),
    });
    const { json } = await (await signIn(email, passphrase)).get("accounts/me");
    expect(json).toMatchObject({ ...example, mobile: `+${mobile}` });
    const more = Object.keys(json).filter((name) => !Object.hasOwn(example, name));
    expect(more.toSorted()).toEqual(["activationRequired", "age", "created", "inherited_roles"]);
  });

  /** The properties of the example that its holder may write, and those that an administrator may write. */
  const { dob, favorite, gender, locale, mobile, name, preferences, profile, locked, roles, state } = exampleObject;
  const { state: providerState, ...provider } = profile.provider;
  const writable = {
    holder: { dob, favorite, gender, locale, mobile, name, preferences, profile: { provider } },
    administrator: { locked, roles, state, name, profile: { provider: { state: providerState } } },
  };
  it.each(ways)("the writable properties of the example are accepted unchanged, by %s", async (_, asJson) => {
    const person = await store({ email: freshEmail(), password: passphrase });
    const admin = await store({
      email: freshEmail(),
      password: passphrase,
      document: { roles: ["000000000000000000000004"] },
    });
    const [client, administrator] = [await signIn(person.email, passphrase), await signIn(admin.email, passphrase)];
    const base = "https://api.dev.medable.com/example/v2/accounts";
    const put = await ajax(client, `${base}/me`, "PUT", writable.holder, asJson);
    succeeded(put);
    expect(put.json).toMatchObject({ ...writable.holder, mobile: "+15551234567" });
    const granted = await ajax(administrator, `${base}/${person.id}`, "PUT", writable.administrator, asJson);
    succeeded(granted);
    expect(granted.json).toMatchObject({
      ...writable.holder,
      mobile: "+15551234567",
      locked,
      roles,
      state,
      profile,
    });
  });
  it("the writable properties of the example are accepted unchanged at registration", async () => {
    const { favorite: _, ...fields } = writable.holder;
    const response = await browser().post("accounts/register", {
      ...fields,
      email: freshEmail(),
      password: "Thanks for the break, Banting!",
    });
    succeeded(response);
    expect(response.json).toMatchObject({ ...fields, mobile: "+15551234567" });
  });
});
