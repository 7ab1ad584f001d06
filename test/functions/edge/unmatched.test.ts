import { describe, expect, it } from "vitest";
import { send } from "../../kit/system.ts";
import { expectProblem } from "../therapists/therapists-contract.ts";

const envelope = { successful: false, responseMessage: "Bad Request", responseCode: 4000 };

describe("404", () => {
  it.each([
    "/api/io/Nothing",
    "/io/Nothing",
    "/api/io/",
    "/io",
    "/api/io/Ping/",
    "/io/ping/more",
    "/api/io/PING",
    "/api/nothing",
  ])("answers %s in the envelope", async (path) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const { status, json, headers } = await send(method, path, { body: method === "POST" ? {} : undefined });
      expect([status, json]).toEqual([404, envelope]);
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers.allow).toBeUndefined();
    }
  });

  it.each([
    "/therapist",
    "/therapist/",
    "/therapist/nothing/",
    "/therapist/organizations//",
    "/therapist/organizations/1/2/",
    "/therapist/practice-profile/a/b/",
    "/Therapist/organizations/",
    "/",
    "/favicon.ico",
    "/ios/app",
    "/api",
    "/%",
  ])("answers %s as a problem", async (path) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const response = await send(method, path, { body: method === "POST" ? {} : undefined });
      expectProblem(response, 404);
      expect(response.headers.allow).toBeUndefined();
    }
  });
});

// Regression: they matched portals, because `{org}` matches anything, so `/api/accounts/login` was refused for its client key.
describe("paths of one family that look like another's", () => {
  const looks = [
    "token",
    "token/x",
    "accounts",
    "accounts/",
    "accounts/login",
    "accounts/me/name/first",
    "v2/accounts",
  ];
  const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  const under = (label: string) =>
    looks.flatMap((path) => [`/${label}/${path}`, `/${label}/v2/${path}`, `/${label}/v2`]);
  const answersTo = (path: string, body?: unknown) =>
    Promise.all(methods.map((method) => send(method, path, { body: /^P/.test(method) ? (body ?? {}) : undefined })));

  it.each([...under("io"), ...under("api"), ...under("api/io")])("%s is answered 404 in the envelope", async (path) => {
    for (const body of [{}, "{ no JSON"]) {
      for (const { status, text, headers } of await answersTo(path, body)) {
        expect([status, headers.allow]).toEqual([404, undefined]);
        if (text !== "") expect(JSON.parse(text)).toEqual(envelope);
      }
    }
  });
  it.each(under("therapist"))("%s is answered 404 as a problem", async (path) => {
    for (const body of [{}, "{ no JSON"]) {
      for (const response of await answersTo(path, body)) {
        if (response.text !== "") expectProblem(response, 404);
        expect([response.status, response.headers.allow]).toEqual([404, undefined]);
      }
    }
  });
});

describe("anything under a portal's /v2 that is not a route", () => {
  const paths = ["v2/nothing", "v2/nothing/", "v2/accountsx", "v2/v2/accounts", "v2/a/b/c", "v2/tokens/x"];
  const orgs = ["riverside", "unknown", "docs", "apis", "ios", "a.b", "%C3%A4"];
  it.each(orgs.flatMap((org) => paths.map((path) => `/${org}/${path}`)))("%s is a fault 404", async (path) => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const { status, json, headers } = await send(method, path, { body: method === "POST" ? {} : undefined });
      expect([status, headers.allow, headers["cache-control"]]).toEqual([404, undefined, "no-store"]);
      expect(json).toEqual({
        object: "fault",
        name: "error",
        code: "kNotFound",
        errCode: "cortex.notFound.unspecified",
        status: 404,
        message: "Not found",
        reason: "Not found",
        path: "",
        faults: [],
      });
    }
  });
});

describe("405", () => {
  it.each(["/api/io/Ping", "/io/ping", "/api/io/practiceCreate"])(
    "answers %s in the envelope, with Allow",
    async (path) => {
      for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
        const { status, text, headers } = await send(method, path);
        expect([status, headers.allow]).toEqual([405, "POST"]);
        expect(text).toBe(method === "HEAD" ? "" : JSON.stringify(envelope));
      }
    },
  );

  it.each([
    ["/therapist/organizations/", "GET, POST"],
    ["/therapist/organizations", "GET, HEAD, POST"],
    ["/therapist/organizations/7/", "GET"],
    ["/therapist/organizations/seven", "GET, HEAD"],
    ["/therapist/practice-profile/", "GET, POST"],
    ["/therapist/practice-profile", "GET, HEAD, POST"],
    ["/therapist/practice-profile/x/", "GET"],
  ])("answers %s as a problem, with Allow: %s", async (path, allow) => {
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]) {
      const response = await send(method, path);
      expectProblem(response, 405);
      expect(response.headers.allow?.split(", ").toSorted().join(", ")).toBe(allow);
    }
  });
});

describe("a portal's paths with another verb", () => {
  it.each([
    ["v2/accounts", "GET, HEAD"],
    ["v2/accounts/", "GET"],
    ["accounts/login", "DELETE, GET, HEAD, PATCH, POST, PUT"],
    ["v2/accounts/me/name", "GET, HEAD"],
    ["v2/accounts/me/logout/", "GET, HEAD, POST"],
    ["v2/token", "POST"],
    ["token/x/", "POST"],
  ])("are a fault with Allow: %s", async (path, allow) => {
    for (const method of ["DELETE", "TRACE"].filter((name) => !allow.includes(name))) {
      const { status, json, headers } = await send(method, `/riverside/${path}`);
      expect([status, json.code]).toEqual([405, "kUnsupportedOperation"]);
      expect(headers.allow?.split(", ").toSorted().join(", ")).toBe(allow);
    }
  });
});

describe("HEAD", () => {
  it("is answered like GET, without the body", async () => {
    for (const path of ["/favicon.ico", "/therapist/nothing", "/therapist/practice-profile", "/api/io/Nothing"]) {
      const { status, headers } = await send("GET", path);
      expect(await send("HEAD", path)).toEqual({ status, headers, cookies: [], text: "", json: undefined });
    }
  });
});
