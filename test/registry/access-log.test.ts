import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { logger } from "../../lib/api/log.ts";
import type { Operation } from "../../lib/operations.ts";
import type { Change } from "../../openapi/describe.ts";
import { descriptions } from "../../openapi/descriptions.ts";
import { handlerOf } from "../../openapi/handlers.ts";
import * as sample from "../../openapi/samples.ts";
import { addApp, signIn } from "../functions/accounts/apps.ts";
import { byIndividual, documentedRow, type ReadyCall, readyCall, takesIndividuals } from "../kit/examples.ts";
import { type Holder, openPortal, roles, type TestPortal } from "../kit/portal.ts";
import {
  call,
  expectOk,
  freshKey,
  inHeaders,
  makePractice,
  makeUser,
  makeVendor,
  type Response,
  send,
  type TestPractice,
  testSourceIp,
} from "../kit/system.ts";
import { appCode } from "../kit/totp.ts";

/** The lines of calls, as they are written. */
let lines: Line[];
interface Line {
  readonly actor: Readonly<Record<string, string>>;
  readonly record: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
beforeEach(() => {
  lines = [];
  vi.spyOn(logger, "info").mockImplementation((...[, line]) => {
    lines.push(JSON.parse(JSON.stringify(line)));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Sends a request. Returns its answer and the line of its call: the last one, because a world may be made before. */
async function lineOf(sending: () => Promise<Response>): Promise<{ line: Line; answer: Response }> {
  const answer = await sending();
  const line = lines.at(-1);
  if (!line) throw new Error("no line");
  return { line, answer };
}

const fields = ["actor", "at", "code", "operation", "record", "requestId", "roundTrips", "sourceIp", "status"];
const idNames = ["applicationId", "accountId", "userId", "therapistUserId", "id", "connections", "device", "session"];

function expectIdsOnly({ line, answer }: { line: Line; answer: Response }, id: string): void {
  const { notable, ...always } = line;
  expect(Object.keys(always).sort()).toEqual(fields);
  const { kind, ...actor } = line.actor;
  expect(["application", "individual", "portalAccount", "visitor", "unproven"]).toContain(kind);
  for (const name of [...Object.keys(actor), ...Object.keys(line.record)]) expect(idNames).toContain(name);
  expect(line).toMatchObject({
    operation: id,
    status: answer.status,
    requestId: answer.requestId,
    sourceIp: testSourceIp,
  });
}

/** The values in a request that are not ids, from four characters on. */
function valuesIn(value: unknown, name = ""): readonly string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, each]) => valuesIn(each, key));
  }
  return idNames.includes(name) || String(value).length < 4 ? [] : [String(value)];
}

/** Operations whose record is the portal, though their caller has an account. */
const ofPortal = [
  "AccountList",
  "AccountPreflight",
  "AccountStatus",
  "ConnectionList",
  "PortalGet",
  "SettingsGet",
  "SettingsPut",
];

/** The record that a first example is about. */
function recordOf(
  { id, family, tier }: Operation,
  target: unknown,
  { world, body, request }: ReadyCall,
  { json }: Response,
) {
  if (tier === "none" && family !== "accounts") return {};
  const { applicationId, accountId } = world.practice;
  const practice = { applicationId, accountId };
  if (family === "accounts") {
    if (ofPortal.includes(id)) return practice;
    const connection = json.data?.[0] ?? json;
    if (connection.object === "connection") {
      return { ...practice, id: (connection.context ?? connection.creator)._id, connections: connection._id };
    }
    const connections = id.startsWith("Connection") && { connections: world.fill(sample.connectionId) };
    const { id: named = "me", device, session }: Record<string, string> = world.fill({ ...request.path });
    const holderId = (world.client as Holder | undefined)?.id ?? world.fill(sample.id);
    const own = named === "me" ? holderId : named;
    return {
      ...practice,
      id: json.object === "account" ? json._id : own,
      ...connections,
      ...(device && { device }),
      ...(session && { session }),
    };
  }
  const stated = { ...world.practice, ...(body as object), ...world.fill(request.path) } as Record<string, string>;
  const isOfVendor =
    tier === "vendor" && target !== "accountId" && (body as Record<string, unknown>).accountId === undefined;
  const names = [
    ...(isOfVendor ? [] : ["accountId"]),
    ...(family === "therapists" || target === "userId" || tier === "user" ? ["userId", "therapistUserId"] : []),
  ];
  const auth = ((body as { auth?: object } | undefined)?.auth ?? {}) as Record<string, string>;
  const named = names.flatMap((name) => {
    const value = stated[name] ?? auth[name];
    return value === undefined ? [] : [[name, String(value)]];
  });
  const organization = id === "OrganizationSave" && { id: String(json.id) };
  return { applicationId, ...Object.fromEntries(named), ...organization };
}

/** Who sends a first example. */
function actorOf({ family, tier }: Operation, { world }: ReadyCall): object {
  const { applicationId, accountId } = world.practice;
  if (tier === "none" || tier === "portal") return { kind: "visitor" };
  if (family !== "accounts") return { kind: "application", applicationId };
  return { kind: "portalAccount", applicationId, accountId, id: (world.client as Holder | undefined)?.id };
}

/** Credentials that are wrong, for an application or a portal that exists. */
function wrongCredentials({ family }: Operation, { world }: ReadyCall): Change {
  if (family === "accounts") return { headers: { "medable-client-key": "A".repeat(22) } };
  if (family === "practices") return { auth: { applicationPassword: "a-wrong-secret" } };
  return { headers: { ...inHeaders({ ...world.practice, applicationPassword: "a-wrong-secret" }) } };
}

describe.each(descriptions)("the line of $id", async ({ id }) => {
  const row = documentedRow(id);
  const { target } = await handlerOf(row);

  it("says who, what, to which record, when, from where and with which outcome, by ids only", async () => {
    const ready = await readyCall(id);
    const called = await lineOf(() => ready.send());
    expectIdsOnly(called, id);
    const { line, answer } = called;
    expect(line.code).toBe("ok");
    expect(line.actor).toEqual(actorOf(row, ready));
    expect(line.record).toEqual(recordOf(row, target, ready, answer));
    const { request, body, world } = ready;
    const { id: _, ...path } = world.fill(request.path ?? {});
    const text = JSON.stringify(line);
    for (const value of valuesIn([body, path, world.fill(request.query ?? {})])) {
      // A value may be part of an id in the same line, such as a practice that is named like its web address.
      if (JSON.stringify([line.record, line.actor, id]).includes(value)) continue;
      expect(text).not.toContain(value);
    }
  });
  if (row.tier !== "none") {
    it("calls a caller with wrong credentials unproven", async () => {
      const ready = await readyCall(id);
      const called = await lineOf(() => ready.send(wrongCredentials(row, ready)));
      expectIdsOnly(called, id);
      expect(called.line.code).not.toBe("ok");
      expect(called.line.actor.kind).toBe("unproven");
      expect(called.line.notable).toEqual(row.family === "accounts" ? undefined : { wrongSecret: true });
      expect(called.line.record.applicationId).toBe(ready.world.practice.applicationId);
    });
  }
  if (takesIndividuals(row)) {
    it("names the user, when one signed in", async () => {
      const ready = await readyCall(id);
      const { applicationId, accountId } = ready.world.practice;
      const login = await ready.world.administrator();
      const { line } = await lineOf(() => ready.send(byIndividual(row, login)));
      expect(line.actor).toEqual({ kind: "individual", applicationId, accountId, userId: login.loginId });
      expect(line.record).toMatchObject({ applicationId, accountId });
      if (row.tier === "account") expect(line.record.userId).not.toBe(login.loginId);
    });
  }
});

describe("the record", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openPortal();
  });
  const idsOf = ({ applicationId, accountId }: TestPractice) => ({ applicationId, accountId });

  it("is the account that somebody else looks at, seen or not", async () => {
    const [patient, provider, stranger] = [
      await portal.signedIn(),
      await portal.signedIn([roles.provider]),
      await portal.signedIn(),
    ];
    const practice = idsOf(portal.practice);
    for (const [viewer, code] of [
      [provider, "ok"],
      [stranger, "kNotFound"],
    ] as const) {
      const { line } = await lineOf(() => viewer.get(`accounts/${patient.id.toUpperCase()}`));
      expect(line).toMatchObject({ code, actor: { kind: "portalAccount", ...practice, id: viewer.id } });
      expect(line.record).toEqual({ ...practice, id: patient.id });
    }
  });
  it("is the account whose password is guessed, and nobody for an unknown address", async () => {
    const patient = await portal.signedIn();
    const guess = (email: string) =>
      lineOf(() => portal.visitor().post("accounts/login", { email, password: "wrong guess" }));
    expect((await guess(patient.email)).line.record).toEqual({ ...idsOf(portal.practice), id: patient.id });
    expect((await guess("nobody@example.org")).line.record).toEqual(idsOf(portal.practice));
  });
  it("is not an account that was never created", async () => {
    const patient = await portal.signedIn();
    const again = {
      name: { first: "A", last: "B" },
      email: patient.email,
      mobile: "1-650-555-5555",
      password: patient.password,
    };
    const { line, answer } = await lineOf(() => portal.visitor().post("accounts/register", again));
    expect(answer.json.code).toBe("kExists");
    expect(line.record).toEqual(idsOf(portal.practice));
  });
  it("is never a token", async () => {
    const token = "T".repeat(32);
    for (const path of [`accounts/${token}`, `token/${token}`]) {
      const { line } = await lineOf(() => portal.visitor().post(path, {}));
      expect(line.record).toEqual(idsOf(portal.practice));
    }
    const patient = await portal.signedIn();
    const { line } = await lineOf(() => patient.get(`connections/${token}`));
    expect(line.record).toEqual(idsOf(portal.practice));
  });
  it("is the practice and user of the login, when an individual's sign-in is refused", async () => {
    const user = await makeUser(portal.practice, {
      userId: freshKey(),
      loginId: "guessed",
      loginPassword: "Stethoscope1",
    });
    const sign = (loginId: string) => lineOf(() => call("PingWithAuth", { auth: { loginId, loginPassword: "wrong" } }));
    const known = await sign("guessed");
    expect(known.line).toMatchObject({ actor: { kind: "unproven" }, notable: { wrongSignIn: true }, code: 4010 });
    expect(known.line.record).toEqual({ ...idsOf(portal.practice), userId: user.userId });
    expect((await sign("nobody-has-this")).line.record).toEqual({});
  });
});

describe("the actor", () => {
  it("is unproven, with the ids of their session, when the session has ended or the CSRF token is wrong", async () => {
    const portal = await openPortal();
    const holder = await portal.signedIn();
    const { applicationId, accountId } = portal.practice;
    const stated = { kind: "unproven", applicationId, accountId, id: holder.id };
    const forged = () => holder.put("accounts/me", {}, { headers: { "medable-csrf-token": "0".repeat(64) } });
    expect((await lineOf(forged)).line).toMatchObject({ code: "kCSRFTokenMismatch", actor: stated });
    const late = () => holder.get("accounts/me", { now: new Date(Date.now() + 3_600_000) });
    expect((await lineOf(late)).line).toMatchObject({ code: "kSessionExpired", actor: stated });
  });
  it("is an application at a portal, with or without the right secret", async () => {
    const portal = await openPortal();
    const { applicationId } = portal.practice;
    const list = (headers = {}) => lineOf(() => portal.administrator.get("accounts", { headers }));
    expect((await list()).line.actor).toEqual({ kind: "application", applicationId });
    const wrong = inHeaders({ ...portal.practice, applicationPassword: "a-wrong-secret" });
    const { line } = await list(wrong);
    expect(line).toMatchObject({ code: "kAccessDenied", notable: { wrongSecret: true } });
    expect(line.actor).toEqual({ kind: "unproven", applicationId });
  });
  it("has no id that a stranger made up: an unknown application can write nothing into the log", async () => {
    const auth = { applicationId: "made-up", applicationPassword: "x", accountId: "made-up", userId: "made-up" };
    for (const id of ["PracticeGet", "UserGet", "PingWithAuth"] as const) {
      const { line } = await lineOf(() => call(id, { auth, accountId: "made-up", userId: "made-up" }));
      expect(line).toMatchObject({ actor: { kind: "unproven" }, record: {} });
      expect(JSON.stringify(line)).not.toContain("made-up");
      expect(line).not.toHaveProperty("notable");
    }
  });
  it("is unproven when the body cannot be read, and when the path is unknown", async () => {
    expect((await lineOf(() => send("POST", "/io/UserGet", { body: "{" }))).line.actor).toEqual({ kind: "unproven" });
    expect((await lineOf(() => send("POST", "/io/Nothing"))).line.actor).toEqual({ kind: "unproven" });
  });
});

describe("a lock-out is marked once, in the call that causes it", () => {
  const marks = () => lines.map(({ notable }) => (notable as Record<string, boolean> | undefined)?.lockedOut === true);

  it("of an individual", async () => {
    await makeUser(await makePractice({ accountId: freshKey() }), {
      loginId: "locked-out",
      loginPassword: "Stethoscope1",
    });
    lines = [];
    for (let guess = 0; guess < 7; guess++) {
      await call("PingWithAuth", { auth: { loginId: "locked-out", loginPassword: "wrong" } });
    }
    expect(marks()).toEqual([false, false, false, false, true, false, false]);
  });
  it("of a portal account", async () => {
    const portal = await openPortal();
    const { email } = await portal.signedIn();
    lines = [];
    for (let guess = 0; guess < 7; guess++) await portal.visitor().post("accounts/login", { email, password: "wrong" });
    expect(marks()).toEqual([false, false, false, false, true, false, false]);
  });
  it("of an authenticator app, whose codes somebody tries who knows the password", async () => {
    const [portal, now] = [await openPortal(), new Date()];
    const person = await portal.signedIn();
    const { secret } = await addApp(person, now);
    lines = [];
    for (let guess = 0; guess < 7; guess++) await signIn(portal.visitor(), person, now, appCode(secret, now, 1000));
    expect(marks()).toEqual([false, false, false, false, true, false, false]);
  });
});

describe("a wrong secret is marked", () => {
  it("only for an application that exists and is enabled, and only if a secret was stated", async () => {
    const vendor = await makeVendor();
    const disabled = await makeVendor((each) => ({ ...each, disabled: true }));
    const markOf = async (auth: object) => (await lineOf(() => call("PingWithApplicationAuth", { auth }))).line.notable;
    expect(await markOf({ ...vendor, applicationPassword: "wrong" })).toEqual({ wrongSecret: true });
    expect(await markOf(vendor)).toBeUndefined();
    expect(await markOf({ applicationId: vendor.applicationId })).toBeUndefined();
    expect(await markOf({ ...disabled, applicationPassword: "wrong" })).toBeUndefined();
    expect(await markOf({ applicationId: "nobody", applicationPassword: "wrong" })).toBeUndefined();
    await expectOk(call("PingWithApplicationAuth", { auth: vendor }));
  });
});

it("says of a replay that it is one, and which record was written then", async () => {
  const auth = await makePractice({ accountId: freshKey() });
  const save = () =>
    send("POST", "/therapist/organizations/", {
      body: { auth, name: "Riverside", therapist_user_id: 7 },
      headers: { "idempotency-key": "one key" },
    });
  await save();
  await save();
  const [first, again] = lines.slice(-2);
  expect(again?.replayed).toBe(true);
  expect(first).not.toHaveProperty("replayed");
  expect(again?.record).toEqual(first?.record);
  expect(Object.keys(again?.record ?? {})).toContain("id");
});
