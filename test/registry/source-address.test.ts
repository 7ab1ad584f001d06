import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { logger } from "../../lib/api/log.ts";
import { call, expectOk, freshKey, makeVendor, testSourceIp } from "../kit/system.ts";

/** The source addresses in the lines of calls. */
let logged: unknown[];
beforeEach(() => {
  logged = [];
  vi.spyOn(logger, "info").mockImplementation((...[, line]) => {
    logged.push(JSON.parse(JSON.stringify(line)).sourceIp);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets the gateway say what the authorizer has said about a request. */
const authorizer = (said: unknown) => (event: APIGatewayProxyEventV2) => ({
  ...event,
  requestContext: { ...event.requestContext, authorizer: said },
});
const throughEdge = authorizer({ lambda: { throughEdge: "yes" } });
const viewer = "198.51.100.23";
const naming = (address: string) => ({ "frontdesk-viewer-address": address });

it.each([viewer, "2001:db8::1", "2001:0DB8:0:0::1", "::ffff:198.51.100.23"])(
  "a request through our CloudFront comes from the viewer's address: %s",
  async (address) => {
    await call("Ping", {}, { headers: naming(address), event: throughEdge });
    expect(logged).toEqual([address]);
  },
);

it.each([
  ["no authorizer, as without CloudFront and with npm start", (event: APIGatewayProxyEventV2) => event],
  ["an authorizer that says no", authorizer({ lambda: { throughEdge: "no" } })],
  ["an authorizer that says nothing", authorizer({ lambda: {} })],
  ["an authorizer without a context", authorizer({ lambda: null })],
  ["an authorizer of another kind", authorizer({ jwt: { claims: { throughEdge: "yes" }, scopes: [] } })],
] as const)("a stranger cannot choose their address: %s", async (_, event) => {
  await call("Ping", {}, { headers: naming(viewer), event });
  expect(logged).toEqual([testSourceIp]);
});

it("other headers that proxies send never count", async () => {
  const headers = {
    "x-forwarded-for": viewer,
    "true-client-ip": viewer,
    "cloudfront-viewer-address": `${viewer}:443`,
    forwarded: `for=${viewer}`,
  };
  for (const event of [throughEdge, (event: APIGatewayProxyEventV2) => event]) {
    await call("Ping", {}, { headers, event });
  }
  expect(logged).toEqual([testSourceIp, testSourceIp]);
});

it.each(["", "unknown", "198.51.100.23:443", "[2001:db8::1]:443", "198.51.100.23,198.51.100.24", "fe80::1%eth0\n"])(
  "a header that is no address is ignored: %j",
  async (address) => {
    await call("Ping", {}, { headers: naming(address), event: throughEdge });
    expect(logged).toEqual([testSourceIp]);
  },
);

it("audit events have the same address as the access log", async () => {
  const auth = await makeVendor();
  const accountId = freshKey();
  const practice = { auth, accountId, name: "Clinic" };
  await expectOk(call("PracticeCreate", practice, { headers: naming(viewer), event: throughEdge }));
  expect(logged).toEqual([viewer]);
  const { eventList } = await expectOk(call("EventList", { auth, accountId }));
  expect(eventList.map(({ sourceIp }: { sourceIp: string }) => sourceIp)).toEqual([viewer]);
});
