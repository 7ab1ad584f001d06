import type { APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { startSecretsManager } from "../../kit/secrets-manager.ts";

const manager = await startSecretsManager();
const secretName = "FrontdeskEdge-eu-central-1/CloudFrontSecret";
Object.assign(process.env, { EDGE_SECRET_NAME: secretName, EDGE_SECRET_REGION: "us-east-1", EDGE_SECRET_VERSION: "1" });
beforeEach(() => {
  process.env.EDGE_ONLY = "true";
});

/** Starts a new function instance. Returns what it answers about a request with these headers. */
async function startInstance() {
  vi.resetModules();
  const { handler } = await import("../../../functions/edge/admit-cloudfront.ts");
  // Of the event, the function reads the headers.
  return (headers?: Record<string, string>) => handler({ headers } as unknown as APIGatewayRequestAuthorizerEventV2);
}
const through = { isAuthorized: true, context: { throughEdge: "yes" } };
const refused = { isAuthorized: false, context: { throughEdge: "no" } };
const sent = (value: string) => ({ accept: "*/*", "frontdesk-edge": value });

describe("admits", () => {
  it("a request with the secret, which it fetches once, in the edge's region", async () => {
    const admit = await startInstance();
    for (let time = 0; time < 3; time++) expect(await admit(sent("the first secret"))).toEqual(through);
    expect(manager.asked).toEqual(["AWSCURRENT"]);
    expect(manager.places).toEqual([`us-east-1 ${secretName}`]);
  });

  it("after a rotation, the new secret and the one that CloudFront still sends", async () => {
    const running = await startInstance();
    expect(await running(sent("the first secret"))).toEqual(through);
    manager.rotate("the second secret");
    for (const admit of [running, await startInstance()]) {
      for (const secret of ["the first secret", "the second secret", "the first secret"]) {
        expect(await admit(sent(secret))).toEqual(through);
      }
    }
  });

  it("with EDGE_ONLY=false every request, and tells which ones came through CloudFront", async () => {
    process.env.EDGE_ONLY = "false";
    const admit = await startInstance();
    const around = { ...refused, isAuthorized: true };
    expect(await admit(sent("the first secret"))).toEqual(through);
    expect(await admit(sent("another secret"))).toEqual(around);
    expect(await admit({})).toEqual(around);
    expect(await admit()).toEqual(around);
  });
});

describe("refuses", () => {
  it.each([
    ["no header", undefined],
    ["an empty one", sent("")],
    ["another value", sent("the first secreT")],
    ["a part of the secret", sent("the first")],
    ["the secret twice, as a gateway joins repeated headers", sent("the first secret,the first secret")],
    ["the secret under another name", { "x-frontdesk-edge": "the first secret" }],
  ])("a request with %s", async (_, headers) => {
    const admit = await startInstance();
    expect(await admit(headers)).toEqual(refused);
  });

  it("the secret from before two rotations", async () => {
    manager.rotate("the second secret");
    manager.rotate("the third secret");
    const admit = await startInstance();
    expect(await admit(sent("the first secret"))).toEqual(refused);
  });
});

it("wrong values make an instance ask for the secret again once, not each time", async () => {
  const admit = await startInstance();
  for (let time = 0; time < 20; time++) expect(await admit(sent(`guess ${time}`))).toEqual(refused);
  expect(manager.asked.sort()).toEqual(["AWSCURRENT", "AWSCURRENT", "AWSPREVIOUS"]);
});

it("a request without the header does not make it ask for the secret", async () => {
  const admit = await startInstance();
  await admit({});
  expect(manager.asked).toEqual([]);
});

it("admits nobody while the secret cannot be read, and tries again with the next request", async () => {
  const admit = await startInstance();
  manager.fault = "AccessDeniedException";
  await expect(admit(sent("the first secret"))).rejects.toThrow();
  manager.fault = undefined;
  expect(await admit(sent("the first secret"))).toEqual(through);
});

// Regression: after a failed fetch, the previous secret was refused for ten seconds, and API Gateway keeps a refusal for minutes.
it("does not refuse the previous secret shortly after it could not fetch it", async () => {
  manager.rotate("the second secret");
  const admit = await startInstance();
  expect(await admit(sent("the second secret"))).toEqual(through);
  manager.fault = "AccessDeniedException";
  await expect(admit(sent("the first secret"))).rejects.toThrow();
  manager.fault = undefined;
  await expect(admit(sent("the first secret"))).rejects.toThrow();
  expect(await admit(sent("the second secret"))).toEqual(through);
});

// Regression: wrong values made an instance forget the secret when Secrets Manager did not answer.
it("admits CloudFront during an outage of Secrets Manager, whatever others send", async () => {
  const admit = await startInstance();
  expect(await admit(sent("the first secret"))).toEqual(through);
  manager.fault = "AccessDeniedException";
  await expect(admit(sent("a guess"))).rejects.toThrow();
  expect(await admit(sent("the first secret"))).toEqual(through);
});
