import { afterEach, describe, expect, it } from "vitest";
import { startGateway } from "../../local/gateway.ts";
import { mainPath } from "../../openapi/addresses.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { gatewayMessages, introduction, tags } from "../../openapi/introduction.ts";
import { formType } from "../../openapi/request-body.ts";
import { documentedRow, readyCall } from "../kit/examples.ts";
import { openPortal } from "../kit/portal.ts";
import { call, send } from "../kit/system.ts";
import { makeWorld, toTherapist } from "../kit/worlds.ts";

/** The introduction of the description, and those of the families, state the rules of all operations. */

/** A portal, and the holder of an account in it, signed in. */
async function holder(settings: Record<string, unknown> = {}) {
  const portal = await openPortal(settings);
  return { portal, client: await portal.register() };
}

describe("the introduction", () => {
  it("shows a call that answers exactly as shown, first and when it is sent again", async () => {
    await makeWorld("nothing", []);
    const [, path = "", body = ""] = /^curl http:\/\/localhost:3000(\S+) -d '(.+)'$/m.exec(introduction) ?? [];
    const [, answer = ""] = /^(\{"successful".+\})$/m.exec(introduction) ?? [];
    expect((await send("POST", path, { body: JSON.parse(body) })).text).toBe(answer);
    expect(introduction).toContain('`"action":"update"`');
    const again = await send("POST", path, { body: JSON.parse(body) });
    expect(again.text).toBe(answer.replace("create", "update"));
  });
  it("leads to every family, and each family's description begins with a paragraph of one line", () => {
    const links = [...introduction.matchAll(/\(#\/([^)]+)\)/g)].map(([, name = ""]) => decodeURIComponent(name));
    expect(links).toEqual(Object.values(tags).map(({ name }) => name));
    for (const { description } of Object.values(tags)) expect(description).toMatch(/^[^\n]{1,120}\.\n\n/);
  });
});

describe("HEAD", () => {
  // The portal itself has a test of its own, because people in these worlds send to its address with the slash.
  const reads = documentedRows.filter(({ method, id }) => method === "GET" && id !== "PortalGet");
  it.each(reads)("is answered like GET, without the body: $id", async ({ id }) => {
    const { send } = await readyCall(id);
    const whole = await send();
    const address = mainPath(documentedRow(id)).replace(/\/$/, "");
    const head = await send({}, { method: "HEAD", address });
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
  ])("are answered 404 in the family's dialect: POST %s", async (path, body) => {
    const { status, json } = await send("POST", path, { body: {} });
    expect([status, json]).toEqual([404, expect.objectContaining(body)]);
  });
  it.each([
    ["/api/io/Ping", "POST", { responseCode: 4000 }],
    ["/therapist/organizations", "GET, HEAD, POST", { status: 405 }],
    ["/riverside/v2/connections", "GET, HEAD", { code: "kUnsupportedOperation" }],
  ])("are answered 405 with Allow, in the family's dialect: DELETE %s", async (path, allow, body) => {
    const { status, json, headers } = await send("DELETE", path);
    expect([status, json]).toEqual([405, expect.objectContaining(body)]);
    expect(String(headers.allow).split(", ").sort()).toEqual(allow.split(", ").sort());
  });
});

describe("media types other than application/json:", () => {
  it.each(["text/plain", formType, ""])("/api/io accepts any, because it ignores the header: %s", async (type) => {
    const { json } = await call("Ping", {}, { headers: { "content-type": type } });
    expect(json.responseCode).toBe(2000);
  });
  it.each([
    ["application/vnd.therapists+json; charset=utf-8", 201],
    ["text/plain", 415],
    [formType, 415],
  ])("/therapist accepts those that end in +json: %s", async (type, status) => {
    const { practice } = await makeWorld("practice");
    const headers = { "content-type": type };
    const answer = await toTherapist(practice, "POST", "/therapist/organizations/", { name: "x" }, { headers });
    expect(answer.status).toBe(status);
  });
  it.each(["text/plain", "application/vnd.accounts+json", "multipart/form-data; boundary=x"])(
    "portals accept only urlencoded: not %s",
    async (type) => {
      const { client } = await holder();
      const { json } = await client.put("accounts/me", { tz: "UTC" }, { headers: { "content-type": type } });
      expect(json.code).toBe("kInvalidArgument");
    },
  );
  it("urlencoded expresses arrays, objects in them, and booleans", async () => {
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
  it("reads `null` and blanks as absent, trims text, and accepts numbers as text and words as values", async () => {
    const { practice: auth } = await makeWorld("practice");
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
    "access-control-expose-headers": "Medable-Csrf-Token, Frontdesk-Request-Id, Idempotent-Replayed, Retry-After",
  };
  const headersOf = (headers: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name in told));
  const opened = () => holder({ allowedOrigins: [origin] });

  it("may be read by pages of allowed origins, including failures", async () => {
    const { client } = await opened();
    const headers = { origin };
    expect(headersOf((await client.get("accounts/me", { headers })).headers)).toEqual(told);
    expect(headersOf((await client.put("accounts/me", { tz: "?" }, { headers })).headers)).toEqual(told);
    expect(headersOf((await client.get("accounts/me", { headers: { origin, cookie: undefined } })).headers)).toEqual(
      told,
    );
  });
  it("have only Vary: Origin for other pages", async () => {
    const { client } = await opened();
    const { headers } = await client.get("accounts/me", { headers: { origin: "https://elsewhere.example.org" } });
    expect(headersOf(headers)).toEqual({ vary: "Origin" });
  });
  it("name no origin when the body cannot be read", async () => {
    const { client } = await opened();
    const { status, headers } = await client.put("accounts/me", "{", { headers: { origin } });
    expect([status, headersOf(headers)]).toEqual([400, {}]);
  });
  it("have the CSRF token only if they are successes of a session", async () => {
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
  it("answers with the messages that the introduction states", async () => {
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
    const headTooLarge = await fetch(`${url}?x=${"x".repeat(10_240)}`, { method: "POST" });
    for (const [answer, status] of [
      [headTooLarge, 431],
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
