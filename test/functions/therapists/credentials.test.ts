import { beforeAll, describe, expect, it } from "vitest";
import {
  call,
  changeVendor,
  countsTries,
  expectOk,
  leavesNoTrace,
  makePractice,
  makeUser,
  type RequestOptions,
  type Response,
  send,
  type TestPractice,
} from "../../kit/system.ts";
import {
  eventsOf,
  expectProblem,
  get,
  headersOf,
  individual,
  organizationsPath,
  profilePath,
  sourceProfile,
} from "./therapists-contract.ts";

/** A request for every operation of the family. It succeeds with valid credentials. */
const requests: readonly [id: string, method: string, path: string, body: object | undefined, status: number][] = [
  ["OrganizationSave", "POST", organizationsPath, { name: "Made" }, 201],
  ["OrganizationList", "GET", organizationsPath, undefined, 200],
  ["OrganizationListByTherapist", "GET", `${organizationsPath}7/`, undefined, 200],
  ["PracticeProfileSave", "POST", profilePath, { ...sourceProfile, userId: "saved" }, 200],
  ["PracticeProfileGet", "GET", `${profilePath}therapist/`, undefined, 200],
];

const password = "Correct-Horse-1";
const loginId = (name: string, { applicationId }: TestPractice) => `${name}@${applicationId}.example`;

let auth: TestPractice;
let inactive: TestPractice;
let disabled: TestPractice;
beforeAll(async () => {
  auth = await makePractice();
  const user = (name: string, fields: object, practice = auth) =>
    makeUser(practice, { userId: name, loginId: loginId(name, practice), loginPassword: password, ...fields });
  await user("admin", { admin: true });
  await user("member", { admin: false });
  await user("leaver", { admin: true, active: false });
  inactive = await makePractice({ accountId: "closed" }, auth);
  await user("closed", { admin: true }, inactive);
  await expectOk(call("PracticeUpdate", { auth: inactive, accountId: "closed", name: "Closed", active: false }));
  disabled = await makePractice();
  await changeVendor(disabled, (vendor) => ({ ...vendor, disabled: true }));
  for (const [, method, path, body] of [
    ["", "POST", organizationsPath, { therapist_user_id: 7 }],
    ["", "POST", profilePath, { ...sourceProfile, userId: "therapist" }],
  ] as const) {
    expect((await send(method, path, { headers: headersOf(auth), body })).status).toBeLessThan(300);
  }
});

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

/** Headers with credentials that are not accepted. */
const refused: readonly [string, () => Record<string, string>][] = [
  ["no credentials", () => ({})],
  ["an unknown application", () => headersOf({ ...auth, applicationId: "nobody" })],
  ["a wrong application password", () => headersOf({ ...auth, applicationPassword: "wrong" })],
  ["no application password", () => headersOf({ ...auth, applicationPassword: "" })],
  ["a disabled application", () => headersOf(disabled)],
  ["an unknown practice", () => headersOf({ ...auth, accountId: "nobody" })],
  ["an inactive practice", () => headersOf(inactive)],
  ["another vendor's practice", () => headersOf({ ...auth, accountId: "other's" })],
  ["no practice", () => ({ authorization: headersOf(auth).authorization })],
  ["the practice alone", () => ({ "x-account-id": auth.accountId })],
  ["an application id that can be no key", () => headersOf({ ...auth, applicationId: "x".repeat(200) })],
  ["a header that is not base64", () => ({ authorization: "Basic ???", "x-account-id": auth.accountId })],
  ["a pair without colon", () => ({ authorization: basic("pair"), "x-account-id": auth.accountId })],
  ["another scheme", () => ({ authorization: "Bearer abc", "x-account-id": auth.accountId })],
  ["an unknown login", () => individual("nobody", password)],
  ["a wrong login password", () => individual(loginId("admin", auth), "Wrong-Horse-1")],
  ["a login that does not administer its practice", () => individual(loginId("member", auth), password)],
  ["the login of an inactive user", () => individual(loginId("leaver", auth), password)],
  ["the login of an inactive practice", () => individual(loginId("closed", inactive), password)],
];

/** For each of those headers, the credentials that the refusal names as missing (contract practices §2). */
const missing: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "no credentials",
      "the practice alone",
      "a header that is not base64",
      "a pair without colon",
      "another scheme",
    ].map((what) => [what, "No credentials were sent: they go into the body's auth, or into an Authorization header."]),
  ),
  "no practice":
    "No practice was named: send its accountId with the other credentials, in the body's auth or in an X-Account-Id header.",
};

/** The body without the parts that differ for each request. */
const comparable = ({ text, json }: Response) => text.replace(json.instance, "");

describe.each(requests)("%s", (_id, method, path, body, status) => {
  const request = (options: RequestOptions) => send(method, path, { ...(body && { body }), ...options });

  it("admits an application that names a practice of its own", async () => {
    expect((await request({ headers: headersOf(auth) })).status).toBe(status);
  });

  it("admits an administrator of a practice who signs in", async () => {
    expect((await request({ headers: individual(loginId("admin", auth), password) })).status).toBe(status);
  });

  it.each(refused)("refuses %s with 401, and writes nothing", async (_, headers) => {
    const response = await leavesNoTrace(() => request({ headers: headers() }), countsTries);
    expectProblem(response, 401);
    expect(response.headers["www-authenticate"]).toMatch(/^Basic realm="/);
  });

  it("answers the same body for unknown, wrong and inactive, byte by byte, except the request id", async () => {
    const wrong = refused.filter(([what]) => missing[what] === undefined);
    const responses = await Promise.all(wrong.map(([, headers]) => request({ headers: headers() })));
    expect(new Set(responses.map(comparable)).size).toBe(1);
    expect(responses[0]?.json.detail).toBe("These credentials open no active practice.");
    expect(new Set(responses.map(({ json }) => json.instance)).size).toBe(responses.length);
    expect(new Set(responses.map(({ headers }) => JSON.stringify(headers))).size).toBe(1);
  });

  it.each(Object.entries(missing))("names the missing credentials: %s", async (what, sentence) => {
    const [, headers] = refused.find(([name]) => name === what) as (typeof refused)[number];
    const { json } = await request({ headers: headers() });
    expect(json.detail).toBe(`These credentials open no active practice. ${sentence}`);
  });

  it("reports no wrong field when the credentials are wrong", async () => {
    const faulty = method === "POST" ? { body: { ...body, id: "x", userId: {} } } : {};
    const target = method === "POST" ? path : `${path}?limit=0&cursor=x`;
    expectProblem(
      await send(method, target, { ...faulty, headers: headersOf({ ...auth, applicationPassword: "no" }) }),
      401,
    );
  });
});

describe.each(requests.filter(([, method]) => method === "POST"))(
  "%s with credentials in the body",
  (_id, method, path, body, status) => {
    it("admits them, and prefers them to those of the headers", async () => {
      expect((await send(method, path, { body: { ...body, auth } })).status).toBe(status);
      const wrong = headersOf({ ...auth, applicationPassword: "wrong" });
      expect((await send(method, path, { headers: wrong, body: { ...body, auth } })).status).toBe(status);
      const { applicationId, applicationPassword, accountId } = auth;
      const inBody = { applicationId, applicationPassword: `${applicationPassword}!`, accountId };
      expectProblem(await send(method, path, { headers: headersOf(auth), body: { ...body, auth: inBody } }), 401);
    });

    it("admits an administrator who signs in", async () => {
      const inBody = { loginId: loginId("admin", auth), loginPassword: password };
      expect((await send(method, path, { body: { ...body, auth: inBody } })).status).toBe(status);
    });

    it("uses the headers when the body's credentials are blank", async () => {
      for (const blank of [null, {}, { applicationId: "", accountId: null }]) {
        expect((await send(method, path, { headers: headersOf(auth), body: { ...body, auth: blank } })).status).toBe(
          status,
        );
      }
    });

    it.each(["text", "", 1, true, [[]]])("refuses an auth that is not an object, %j", async (inBody) => {
      const request = { headers: headersOf(auth), body: { ...body, auth: inBody } };
      expectProblem(await leavesNoTrace(() => send(method, path, request)), 400, ["auth"]);
    });
  },
);

it("does not store the contents of auth", async () => {
  const practice = await makePractice();
  await send("POST", organizationsPath, { body: { name: "Plain", auth: practice } });
  const events = await eventsOf(practice, "organization");
  expect(JSON.stringify(events)).not.toContain(practice.applicationPassword);
  expect(events[0]?.changed).toEqual(["name"]);
});

it("ignores credentials in a query", async () => {
  const query = new URLSearchParams({ ...auth, auth: JSON.stringify(auth) });
  expectProblem(await send("GET", `${organizationsPath}?${query}`), 401);
  expect((await get(auth, `${organizationsPath}?accountId=closed`)).status).toBe(200);
});

it("names the administrator who signed in, in the audit event", async () => {
  const headers = individual(loginId("admin", auth), password);
  const { json } = await send("POST", organizationsPath, { headers, body: { name: "Signed" } });
  const events = await eventsOf(auth, "organization");
  expect(events.find(({ record }) => (record as { id: string }).id === String(json.id))?.who).toEqual({
    kind: "individual",
    applicationId: auth.applicationId,
    accountId: auth.accountId,
    userId: "admin",
  });
});
