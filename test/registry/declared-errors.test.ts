import { describe, expect, it } from "vitest";
import { type OpenDefinition, open } from "../../lib/api/open.ts";
import { operation } from "../../lib/api/operation.ts";
import { routeOf } from "../../lib/api/routes.ts";
import { envelopeErrors, Failure } from "../../lib/errors.ts";
import { toEvent } from "../../local/gateway-event.ts";
import { messages, refusal } from "../functions/practices/practices-contract.ts";
import { makeVendor } from "../kit/system.ts";

/** Calls an operation in the row of `Ping` that has this definition. */
async function answerOf(definition: OpenDefinition) {
  const handler = operation("Ping", open, definition) as (event: unknown, context: unknown) => Promise<unknown>;
  const request = {
    method: "POST",
    target: "/io/Ping",
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ auth: await makeVendor() })),
    sourceIp: "127.0.0.1",
    now: new Date(),
  };
  const answer = await handler(toEvent(request, routeOf("POST", "/io/Ping")), {});
  const { statusCode, body } = answer as { statusCode: number; body: string };
  return { statusCode, json: JSON.parse(body) };
}

describe("the errors of an operation", () => {
  it("are answered when it declares them", async () => {
    const run = async () => {
      throw new Failure(4130);
    };
    expect(await answerOf({ errors: [4130], run })).toEqual({ statusCode: 200, json: refusal(4130) });
  });
  it("are answered as internal when it does not declare them, so that no caller relies on an undocumented error", async () => {
    const run = async () => {
      throw new Failure(4130);
    };
    expect(await answerOf({ errors: [4131], run })).toEqual({ statusCode: 500, json: refusal(5000) });
    expect(await answerOf({ run })).toEqual({ statusCode: 500, json: refusal(5000) });
  });
  it.each([
    ["an error", new Error("with a secret")],
    ["an error that looks like a failure", Object.assign(new Error("failure 4130"), { code: 4130, faults: [] })],
    ["an error with a status of its own", Object.assign(new Error("teapot"), { statusCode: 418, expose: true })],
    ["a text", "with a secret"],
    ["nothing", undefined],
  ])("are answered as internal when they are not failures of the contract: %s", async (_, thrown) => {
    const run = async () => {
      throw thrown;
    };
    expect(await answerOf({ run })).toEqual({ statusCode: 500, json: refusal(5000) });
  });
});

describe("the codes", () => {
  it("are those of the contract, with its messages", () => {
    // 4060 has no message of its own: its message lists the errors.
    const { 4060: _, ...told } = envelopeErrors;
    expect(told).toEqual(messages);
  });
});
