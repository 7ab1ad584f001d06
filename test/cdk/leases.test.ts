import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { erasureLeaseMs } from "../../lib/accounts/erasure/rest.ts";
import { uploadLeaseMs } from "../../lib/accounts/image/objects.ts";
import { sendLeaseMs } from "../../lib/messages/send.ts";
import { functionSecondsMax } from "../../lib/operations.ts";
import { overdueRunMs } from "../../lib/practices/erasure.ts";
import { type Resource, resourcesOf, synthesize } from "./synthesis.ts";

/**
 * Times that only make sense together. A lease that ends while its worker still runs lets a second worker do the same work, and no
 * test on a laptop waits that long; so the numbers themselves are compared.
 */

const { messages, images, cleanUp } = synthesize({}, []);
const only = (template: typeof messages, type: string, id: string): Resource["Properties"] => {
  const found = resourcesOf(template, type)[id];
  if (!found) throw new Error(`no ${id}`);
  return found.Properties;
};
const timeoutMs = (template: typeof messages, worker: string): number =>
  only(template, "AWS::Lambda::Function", `${worker}Function`).Timeout * 1000;

/** A constant that a file keeps to itself: the product of numbers behind its name. */
function constantIn(file: string, name: string): number {
  const stated = new RegExp(`\\b${name}(?: =|:) ([\\d_]+(?: \\* [\\d_]+)*)[;, ]`);
  const [, product = ""] = stated.exec(readFileSync(file, "utf8")) ?? [];
  if (product === "") throw new Error(`${file} has no constant ${name}`);
  return product.split(" * ").reduce((value, factor) => value * Number(factor.replaceAll("_", "")), 1);
}

describe("a lease is as long as its worker may run", () => {
  it.each([
    ["SendMessages", messages, sendLeaseMs, 30_000],
    ["CleanUp", cleanUp, erasureLeaseMs, 30_000],
    ["EraseOverdue", cleanUp, overdueRunMs, 300_000],
    ["ProcessImage", images, uploadLeaseMs, 60_000],
  ])("%s", (worker, template, leaseMs, expected) => {
    expect({ leaseMs, timeoutMs: timeoutMs(template, worker) }).toEqual({ leaseMs: expected, timeoutMs: expected });
  });
});

describe("a worker may run longer than its slowest work", () => {
  it("SendMessages: both tries of a sending, and the requests to the table before and after it", () => {
    const file = "lib/messages/send.ts";
    const sendingMs = constantIn(file, "maxAttempts") * constantIn(file, "requestTimeout");
    const pausesMs = 1000;
    // Each of these may be tried as long as a call's: the lease and the counts before it.
    const tableMs = 2 * constantIn("lib/table/deadline.ts", "tryingMsMax");
    expect(sendingMs).toBe(10_000);
    expect(sendingMs + pausesMs + tableMs).toBeLessThan(sendLeaseMs);
  });
  it("ProcessImage: both sizes of a picture, and the object that it reads", () => {
    const facetsMs = 2 * constantIn("lib/accounts/image/picture.ts", "facetSecondsMax") * 1000;
    const readMs = constantIn("lib/accounts/image/bucket.ts", "requestTimeout");
    expect(facetsMs + readMs).toBeLessThan(uploadLeaseMs);
  });
  it("CleanUp and EraseOverdue: what they reserve for their last steps", () => {
    expect(constantIn("functions/workers/clean-up.ts", "reserveMs")).toBeLessThan(erasureLeaseMs / 2);
    expect(constantIn("functions/workers/erase-overdue.ts", "reserveMs")).toBeLessThan(overdueRunMs / 4);
  });
});

describe("what waits for a lease outlives it", () => {
  const stream = (template: typeof messages) => only(template, "AWS::Lambda::EventSourceMapping", "Stream");
  const repeated = (template: typeof messages, worker: string) =>
    only(template, "AWS::Lambda::EventInvokeConfig", `${worker}FunctionEventInvokeConfig`);

  it("a record of the stream comes again after several leases, and before its message or file is forgotten", () => {
    expect([stream(messages).MaximumRecordAgeInSeconds, stream(cleanUp).MaximumRecordAgeInSeconds]).toEqual([
      15 * 60,
      12 * 3600,
    ]);
    expect(15 * 60_000).toBeGreaterThan(10 * sendLeaseMs);
    expect(12 * 3_600_000).toBeGreaterThan(10 * erasureLeaseMs);
    const streamSeconds = 86_400;
    expect(constantIn("lib/messages/outbox.ts", "keptSeconds")).toBeGreaterThan(streamSeconds);
    expect(constantIn("lib/accounts/image/deletion.ts", "keptSeconds")).toBeGreaterThan(streamSeconds);
  });
  it("an upload is reported as often as workers may be lost with it, and longer than a lease", () => {
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = repeated(images, "ProcessImage");
    expect(MaximumRetryAttempts).toBe(constantIn("lib/accounts/image/process-upload.ts", "crashesMax"));
    expect(MaximumEventAgeInSeconds * 1000).toBeGreaterThan(3 * uploadLeaseMs);
    // The upload's item, by which the worker finds the account.
    expect(constantIn("lib/accounts/image/change.ts", "keptSeconds")).toBeGreaterThan(12 * 3600);
  });
  it("an hourly run, and its repetition, have ended when the next one begins", () => {
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = repeated(cleanUp, "EraseOverdue");
    expect([MaximumRetryAttempts, MaximumEventAgeInSeconds]).toEqual([1, 1800]);
    expect(2 * overdueRunMs + MaximumEventAgeInSeconds * 1000).toBeLessThan(3_600_000);
  });
});

describe("a call", () => {
  it("has the same time limit in every function of the API", () => {
    const { api, accounts, pages } = synthesize();
    const limits = [api, accounts, pages].flatMap((template) =>
      Object.values(resourcesOf(template, "AWS::Lambda::Function")).map(({ Properties }) => Properties.Timeout),
    );
    expect(new Set(limits)).toEqual(new Set([functionSecondsMax]));
    expect(functionSecondsMax).toBe(15);
  });
  it("has tried for the last time early enough to answer", () => {
    const file = "lib/table/deadline.ts";
    const [trying, reserve] = [constantIn(file, "tryingMsMax"), constantIn(file, "reserveMs")];
    expect(trying + reserve).toBeLessThanOrEqual(functionSecondsMax * 1000);
    // A pause, a try that times out, and finding out whether a transaction was carried out, whose last request times out too.
    const tryMs = constantIn("lib/table/http.ts", "tryMsMax");
    expect(500 + tryMs + constantIn(file, "decidingMsMax") + tryMs).toBeLessThanOrEqual(reserve);
    expect(constantIn(file, "releasingMsMax") + tryMs).toBeLessThanOrEqual(reserve);
    expect(constantIn("lib/table/http.ts", "connectionMsMax")).toBeLessThan(
      constantIn("lib/table/http.ts", "headersMsMax"),
    );
    expect(constantIn("lib/table/http.ts", "headersMsMax")).toBeLessThan(tryMs);
  });
  it("has ended before others take over what it had reserved, or look at what it may have written", () => {
    const limitMs = functionSecondsMax * 1000;
    expect(constantIn("lib/table/tries-count.ts", "undecidedMsMax")).toBeGreaterThan(limitMs);
    expect(constantIn("lib/practices/erasure.ts", "settledMs")).toBeGreaterThan(limitMs);
  });
});
