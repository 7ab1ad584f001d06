import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { documents } from "../../../lib/table/client.ts";
import { type Holder, newPerson, openPortal, type TestPortal } from "../../kit/portal.ts";
import { send } from "../../kit/system.ts";
import { expectFault, named } from "./accounts-contract.ts";
import { bracketedType } from "./bracketed.ts";

let portal: TestPortal;
let person: Holder;
beforeAll(async () => {
  portal = await openPortal();
  person = await portal.signedIn();
});

describe(named("kUnsupportedOperation"), () => {
  it.each([
    ["DELETE", "accounts/me/image"],
    ["DELETE", "accounts/0123456789abcdef01234567/connections"],
    ["PUT", "accounts/me/sessions"],
    ["PATCH", "accounts/me/totp"],
    ["DELETE", "accounts"],
    ["POST", "accounts"],
    ["PUT", "accounts/me/name/first"],
    ["GET", "token"],
    ["PATCH", "token/kPBg3AACpwTzhiOpUTz2i2koJqqot70M"],
  ])("is returned for %s %s, with the allowed verbs", async (method, path) => {
    for (const versioned of [true, false]) {
      const response = await person.send(method, path, { versioned });
      expectFault(response, "kUnsupportedOperation");
      expect(response.headers.allow).not.toContain(method);
      expect(response.headers.allow).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
    }
  });
});

describe(named("kNotFound"), () => {
  it.each([
    ["POST", "accounts/me/name/first"],
    ["GET", "accounts//"],
    ["GET", "accounts/me//"],
    ["GET", "accounts/status/x"],
    ["POST", "accounts/login/x"],
    ["POST", "token/a/b/c"],
  ])("is returned for %s %s, which does not exist", async (method, path) => {
    const { status, json } = await person.send(method, path);
    expect([404, 405]).toContain(status);
    expect(json.object).toBe("fault");
    expect(json.status).toBe(status);
  });
});

describe(named("kError"), () => {
  afterEach(() => {
    documents.middlewareStack.remove("failing");
  });
  const calls: readonly [string, string, unknown][] = [
    ["POST", "accounts/register", newPerson()],
    ["POST", "accounts/login", { email: "x@example.org", password: "x" }],
    ["GET", "accounts/status", undefined],
    ["GET", "accounts/me", undefined],
    ["PUT", "accounts/me", { gender: "f" }],
    ["POST", "accounts/request-password-reset", { email: "x@example.org" }],
  ];
  it.each(calls)("is the only information about an unexpected error: %s %s", async (method, path, body) => {
    documents.middlewareStack.add(
      () => async () => {
        throw new Error("the secret cause");
      },
      { step: "initialize", name: "failing" },
    );
    const response = await person.send(method, path, { body });
    expectFault(response, "kError");
    expect(response.text).not.toContain("secret");
    expect(response.cookies).toEqual([]);
  });
});

describe("bracketed names", () => {
  const headers = { "content-type": bracketedType };
  it("are accepted with encoded brackets, and with plus for a blank", async () => {
    const body = "name%5Bfirst%5D=Mary+Ann&name[middle]=%C3%89mile&c_list[]=1&c_list%5B%5D=2&c_map[a][b]=x";
    const { json } = await person.put("accounts/me", body, { headers });
    expect(json).toMatchObject({
      name: { first: "Mary Ann", middle: "Émile", last: "Best" },
      c_list: ["1", "2"],
      c_map: { a: { b: "x" } },
    });
  });
  it.each([
    "__proto__[administrator]=true",
    "constructor[prototype][administrator]=true",
    "c_map[__proto__][administrator]=true",
    "c_map[constructor][prototype][administrator]=true",
  ])("do not change prototypes of objects: %s", async (body) => {
    await person.put("accounts/me", body, { headers });
    expect(({} as Record<string, unknown>).administrator).toBeUndefined();
    const { c_map } = (await person.get("accounts/me")).json;
    expect(Object.keys(c_map)).toEqual(["a"]);
  });
});

describe("paths", () => {
  it("are decoded once, such as an account id", async () => {
    const encoded = person.id.replace(/^./, (digit) => `%${digit.charCodeAt(0).toString(16)}`);
    expect((await person.get(`accounts/${encoded}`)).json._id).toBe(person.id);
    const twice = encoded.replace("%", "%25");
    expectFault(await person.get(`accounts/${twice}`), "kNotFound");
  });
  it("without an organization do not belong to a portal", async () => {
    const { status } = await send("GET", "/v2/accounts", { headers: { "medable-client-key": portal.clientKey } });
    expect(status).toBeGreaterThanOrEqual(400);
  });
});
