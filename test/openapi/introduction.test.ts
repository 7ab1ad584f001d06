import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGateway } from "../../local/gateway.ts";
import { type Example, examples } from "../../openapi/examples.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { formType } from "../../openapi/request-body.ts";
import { gatewayMessages, introduction } from "../../openapi/words.ts";
import { call, send } from "../kit/system.ts";
import { emptyTable, holder, practice, toTherapist } from "./givens.ts";
import { givens, type Id } from "./scenarios.ts";
import { answerOf } from "./sending.ts";

/** What the introduction says of all operations, so that it need not be said of each. */

beforeEach(emptyTable);

const reads = documentedRows.filter(({ method }) => method === "GET").map(({ id }) => id as Id);
describe("HEAD", () => {
  it.each(reads)("is answered as GET is, without the body: %s", async (id) => {
    const given = await givens[id]();
    const [example] = examples[id] as [Example];
    const whole = await answerOf(id, example, {}, given);
    const head = await answerOf(id, example, {}, given, "HEAD");
    expect(whole.text).not.toBe("");
    expect({ ...head, text: whole.text, json: whole.json }).toEqual(whole);
    expect(head.text).toBe("");
  });
});

describe("unknown paths and verbs", () => {
  it.each([
    ["/api/io/Nothing", { responseCode: 4000 }],
    ["/therapist/nothing/", { status: 404 }],
    ["/riverside/v2/token/nothing/here", { code: "kNotFound" }],
  ])("are answered 404 in the manner of the family: POST %s", async (path, body) => {
    const { status, json } = await send("POST", path, { body: {} });
    expect([status, json]).toEqual([404, expect.objectContaining(body)]);
  });
  it.each([
    ["/api/io/Ping", "POST", { responseCode: 4000 }],
    ["/therapist/organizations/", "GET, HEAD, POST", { status: 405 }],
    ["/riverside/v2/accounts/me", "GET, HEAD, POST, PUT, PATCH", { code: "kUnsupportedOperation" }],
  ])("are answered 405 with Allow, in the manner of the family: DELETE %s", async (path, allow, body) => {
    const { status, json, headers } = await send("DELETE", path);
    expect([status, json]).toEqual([405, expect.objectContaining(body)]);
    expect(String(headers.allow).split(", ").sort()).toEqual(allow.split(", ").sort());
  });
});

describe("what else than application/json is taken", () => {
  it.each(["text/plain", formType, ""])("of /api/io anything, for it is not looked at: %s", async (type) => {
    const { json } = await call("Ping", {}, { headers: { "content-type": type } });
    expect(json.responseCode).toBe(2000);
  });
  it.each([
    ["application/vnd.therapists+json; charset=utf-8", 201],
    ["text/plain", 415],
    [formType, 415],
  ])("of /therapist what ends in +json: %s", async (type, status) => {
    await practice();
    const answer = await toTherapist("POST", "/therapist/organizations/", { name: "x" }, { "content-type": type });
    expect(answer.status).toBe(status);
  });
  it.each(["text/plain", "application/vnd.accounts+json", "multipart/form-data; boundary=x"])(
    "of portals nothing but urlencoded: %s",
    async (type) => {
      const { client } = await holder();
      const { json } = await client.put("accounts/me", { tz: "UTC" }, { headers: { "content-type": type } });
      expect(json.code).toBe("kInvalidArgument");
    },
  );
  it("urlencoded says arrays, objects in them, and booleans", async () => {
    const { portal: opened, client } = await holder();
    const headers = { "content-type": formType };
    const notification = "preferences[notifications][0]";
    const own = `${notification}[label]=News&${notification}[endpoints][0][enabled]=true&name[additional][]=Carl`;
    expect((await client.put("accounts/me", own, { headers })).json).toMatchObject({
      preferences: { notifications: [{ label: "News", endpoints: [{ enabled: true }] }] },
      name: { additional: ["Carl"] },
    });
    const role = "0123456789abcdef01234567";
    const { json } = await opened.administrator.put(`accounts/${client.id}`, `roles[]=${role}&locked=true`, {
      headers,
    });
    expect(json).toMatchObject({ roles: [role], locked: true });
    const several = "operations[0][op]=set&operations[0][path]=/locked&operations[0][value]=false";
    expect((await opened.administrator.patch(`accounts/${client.id}`, several, { headers })).json.locked).toBe(false);
  });
});

describe("/api/io", () => {
  it("takes `null` and blanks for absent, space around text, numbers for texts, and words for values", async () => {
    await practice();
    const auth = { applicationId: "demo", applicationPassword: "demo-application-password", accountId: "practice-1" };
    const fields = { name: " Riverside ", address1: null, city: "", phone: 6145550100, active: "TRUE" };
    expect((await call("PracticeUpdate", { auth, ...fields })).json.responseCode).toBe(2000);
    expect((await call("PracticeGet", { auth })).json.practice).toMatchObject({
      name: "Riverside",
      address1: "",
      city: "",
      phone: "6145550100",
      active: true,
    });
    expect((await call("PortalSettingsSave", { auth, lockMinutes: "7" })).json.portalSettings.lockMinutes).toBe(7);
  });
});

describe("a portal's answers", () => {
  const origin = "https://app.example.org";
  const told = {
    vary: "Origin",
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "Medable-Csrf-Token, Frontdesk-Request-Id",
  };
  const headersOf = (headers: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name in told));
  const opened = () => holder({ allowedOrigins: [origin] });

  it("may be read by pages of allowed origins, whatever they are", async () => {
    const { client } = await opened();
    const headers = { origin };
    expect(headersOf((await client.get("accounts/me", { headers })).headers)).toEqual(told);
    expect(headersOf((await client.put("accounts/me", { tz: "?" }, { headers })).headers)).toEqual(told);
    expect(headersOf((await client.get("accounts/me", { headers: { origin, cookie: undefined } })).headers)).toEqual(
      told,
    );
  });
  it("say to others only that they differ by origin", async () => {
    const { client } = await opened();
    const { headers } = await client.get("accounts/me", { headers: { origin: "https://elsewhere.example.org" } });
    expect(headersOf(headers)).toEqual({ vary: "Origin" });
  });
  it("to a body that cannot be read say nothing of origins", async () => {
    const { client } = await opened();
    const { status, headers } = await client.put("accounts/me", "{", { headers: { origin } });
    expect([status, headersOf(headers)]).toEqual([400, {}]);
  });
  it("carry the CSRF token when they are successes under a session, and never else", async () => {
    const { portal: own, client } = await opened();
    expect((await client.get("accounts/status")).headers["medable-csrf-token"]).toBe(client.csrf);
    for (const failed of [client.put("accounts/me", { tz: "?" }), client.get("accounts/me/nothing")]) {
      expect((await failed).headers["medable-csrf-token"]).toBeUndefined();
    }
    expect((await own.visitor().get("accounts/status")).headers["medable-csrf-token"]).toBeUndefined();
  });
});

describe("the gateway", () => {
  const open = new AsyncDisposableStack();
  afterEach(() => open.disposeAsync().catch(() => {}));
  it("answers in the words that the introduction has, here as there", async () => {
    const handlerOf = async () => async () => {
      throw new Error("broken off");
    };
    const gateway = await startGateway({ port: 0, handlerOf, log: () => {} });
    open.defer(() => gateway.close());
    const url = `http://localhost:${gateway.port}/api/io/Ping`;
    const { error } = console;
    console.error = () => {};
    const crashed = await fetch(url, { method: "POST", body: "{}" });
    console.error = error;
    const tooLarge = await fetch(url, { method: "POST", body: "x".repeat(10 * 1024 * 1024 + 1) });
    for (const [answer, status] of [
      [crashed, 500],
      [tooLarge, 413],
    ] as const) {
      const body = JSON.stringify({ message: gatewayMessages[status] });
      expect([answer.status, await answer.text()]).toEqual([status, body]);
    }
    for (const [status, message] of Object.entries(gatewayMessages)) {
      expect(introduction).toContain(`${status} \`${JSON.stringify({ message })}\``);
    }
  });
});
