import { describe, expect, it } from "vitest";
import { send } from "../../system.ts";
import { expectProblem } from "../therapists/contract.ts";

const envelope = { successful: false, responseMessage: "Bad Request", responseCode: 4000 };

describe("404", () => {
  it.each(["/api/io/Nothing", "/io/Nothing", "/api/io/", "/io", "/api/io/Ping/", "/io/ping/more", "/api/io/PING"])(
    "answers %s in the envelope",
    async (path) => {
      for (const method of ["GET", "POST", "DELETE"]) {
        const { status, json, headers } = await send(method, path, { body: method === "POST" ? {} : undefined });
        expect([status, json]).toEqual([404, envelope]);
        expect(headers["cache-control"]).toBe("no-store");
        expect(headers.allow).toBeUndefined();
      }
    },
  );

  it.each([
    "/therapist",
    "/therapist/",
    "/therapist/nothing/",
    "/therapist/organizations//",
    "/therapist/organizations/1/2/",
    "/therapist/practice-profile/a/b/",
    "/Therapist/organizations/",
    "/therapists",
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
    ["/therapist/organizations/", "GET, HEAD, POST"],
    ["/therapist/organizations", "GET, HEAD, POST"],
    ["/therapist/organizations/7/", "GET, HEAD"],
    ["/therapist/organizations/seven", "GET, HEAD"],
    ["/therapist/practice-profile/", "POST"],
    ["/therapist/practice-profile", "POST"],
    ["/therapist/practice-profile/x/", "GET, HEAD"],
  ])("answers %s as a problem, with Allow: %s", async (path, allow) => {
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]) {
      const response = await send(method, path);
      expectProblem(response, 405);
      expect(response.headers.allow?.split(", ").toSorted().join(", ")).toBe(allow);
    }
  });
});

describe("HEAD", () => {
  it("is answered as GET is, without the body", async () => {
    for (const path of ["/nothing", "/therapist/nothing", "/therapist/practice-profile/", "/api/io/Nothing"]) {
      const { status, headers } = await send("GET", path);
      expect(await send("HEAD", path)).toEqual({ status, headers, cookies: [], text: "", json: undefined });
    }
  });
});
