import { describe, expect, it } from "vitest";
import type { Route } from "../../lib/api/routes.ts";
import { routeOf } from "../../lib/api/routes.ts";
import { type HttpRequest, toEvent } from "../../local/gateway-event.ts";

const request = (change: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "POST",
  target: "/api/io/Ping",
  headers: { host: "localhost:3000" },
  body: Buffer.alloc(0),
  sourceIp: "127.0.0.1",
  now: new Date("2026-03-02T19:03:58.123Z"),
  ...change,
});
const ping = routeOf("POST", "/api/io/Ping");
const eventOf = (change: Partial<HttpRequest> = {}, route: Route = ping) => toEvent(request(change), route);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("an event of payload format 2.0", () => {
  it("has all fields of a full request", () => {
    const event = eventOf({
      target: "/api/io/Ping?a=1&b=x%20y&a=2",
      headers: {
        Host: "desk.example.com:8080",
        "User-Agent": "curl/8.2.1",
        "Content-Type": "application/json",
        Cookie: "one=1; two=2",
        "X-Twice": ["first", "second"],
        "X-Absent": undefined,
      },
      body: Buffer.from('{"name":"Zoë"}'),
      sourceIp: "::1",
    });
    expect(event).toEqual({
      version: "2.0",
      routeKey: "POST /api/io/Ping",
      rawPath: "/api/io/Ping",
      rawQueryString: "a=1&b=x%20y&a=2",
      cookies: ["one=1", "two=2"],
      headers: {
        host: "desk.example.com:8080",
        "user-agent": "curl/8.2.1",
        "content-type": "application/json",
        "x-twice": "first,second",
      },
      queryStringParameters: { a: "1,2", b: "x y" },
      requestContext: {
        accountId: "000000000000",
        apiId: "local",
        domainName: "desk.example.com",
        domainPrefix: "desk",
        http: {
          method: "POST",
          path: "/api/io/Ping",
          protocol: "HTTP/1.1",
          sourceIp: "::1",
          userAgent: "curl/8.2.1",
        },
        requestId: expect.stringMatching(uuid),
        routeKey: "POST /api/io/Ping",
        stage: "$default",
        time: "02/Mar/2026:19:03:58 +0000",
        timeEpoch: Date.parse("2026-03-02T19:03:58.123Z"),
      },
      body: '{"name":"Zoë"}',
      isBase64Encoded: false,
    });
  });

  it("omits fields that the request does not have", () => {
    const event = eventOf({ headers: {} });
    expect(Object.keys(event).toSorted()).toEqual(
      ["headers", "isBase64Encoded", "rawPath", "rawQueryString", "requestContext", "routeKey", "version"].toSorted(),
    );
    expect(event.headers).toEqual({});
    expect(event.rawQueryString).toBe("");
    expect(event.isBase64Encoded).toBe(false);
    expect(event.requestContext.domainName).toBe("localhost");
    expect(event.requestContext.http.userAgent).toBe("");
  });

  it("has a different id for each request", () => {
    expect(eventOf().requestContext.requestId).not.toBe(eventOf().requestContext.requestId);
  });

  it("has the path decoded, and the raw query as sent", () => {
    const event = eventOf({ target: "/a%20b/%C3%A9%2Fc?q=%C3%A9&plus=a+b" });
    expect(event.rawPath).toBe("/a b/é/c");
    expect(event.requestContext.http.path).toBe("/a b/é/c");
    expect(event.rawQueryString).toBe("q=%C3%A9&plus=a+b");
    expect(event.queryStringParameters).toEqual({ q: "é", plus: "a b" });
  });

  it("keeps a path that is encoded wrongly as it was sent", () => {
    expect(eventOf({ target: "/%zz" }).rawPath).toBe("/%zz");
  });

  it.each([
    ["?", "", undefined],
    ["?a", "a", { a: "" }],
    ["?a=", "a=", { a: "" }],
    ["?a=b?c", "a=b?c", { a: "b?c" }],
    ["?__proto__=x", "__proto__=x", JSON.parse('{"__proto__":"x"}')],
  ])("reads the query %s", (query, raw, parameters) => {
    const event = eventOf({ target: `/api/io/Ping${query}` });
    expect(event.rawQueryString).toBe(raw);
    expect(event.queryStringParameters).toEqual(parameters);
  });

  it("joins cookies of several headers and keeps them out of the headers", () => {
    const event = eventOf({ headers: { cookie: ["a=1;b=2", "c=3"] } });
    expect(event.cookies).toEqual(["a=1", "b=2", "c=3"]);
    expect(event.headers).toEqual({});
  });

  it("names the route $default for a path that no operation has", () => {
    const event = eventOf({ target: "/nowhere" }, routeOf("POST", "/nowhere"));
    expect(event.routeKey).toBe("$default");
    expect(event.requestContext.routeKey).toBe("$default");
    expect(event.rawPath).toBe("/nowhere");
  });

  it("has path parameters", () => {
    const route: Route = { row: { ...ping.row, method: "GET" }, path: "/x/{id}", pathParameters: { id: "a b" } };
    const event = eventOf({ method: "GET", target: "/x/a%20b" }, route);
    expect(event.pathParameters).toEqual({ id: "a b" });
    expect(event.routeKey).toBe("GET /x/{id}");
  });

  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    "application/xml",
    "application/javascript",
    "text/plain",
    "text/csv; header=present",
  ])("hands on a body of type %s as text", (type) => {
    const event = eventOf({ headers: { "content-type": type }, body: Buffer.from("é") });
    expect(event.body).toBe("é");
    expect(event.isBase64Encoded).toBe(false);
  });

  it("replaces invalid UTF-8 in a text by U+FFFD, and keeps content-length as it was sent", () => {
    const headers = { "content-type": "application/json", "content-length": "9" };
    const body = Buffer.from('{"ñ":"x"}', "latin1");
    expect(eventOf({ headers, body })).toMatchObject({
      body: '{"\ufffd":"x"}',
      isBase64Encoded: false,
      headers: { "content-length": "9" },
    });
  });

  it.each([
    undefined,
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "application/problem+json",
    "application/jsonlines",
    "image/png",
  ])("encodes a body of type %s", (type) => {
    const event = eventOf({ headers: { "content-type": type }, body: Buffer.from([0xff, 0x00, 0x41]) });
    expect(event.body).toBe("/wBB");
    expect(event.isBase64Encoded).toBe(true);
  });
});
