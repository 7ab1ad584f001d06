import { beforeAll, expect, it } from "vitest";
import { type Call, makeCalls } from "../faults/calls.ts";
import { engineError, throughProxy } from "../kit/proxy.ts";
import { allOperations, send } from "../kit/system.ts";

let calls: Call[] = [];
beforeAll(async () => {
  calls = await makeCalls();
  expect(new Set(calls.map(({ id }) => id)).size).toBe(allOperations.length);
});

const kept = {
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

it("every operation's success and internal failure carries the id of the request, HSTS and nosniff", async () => {
  for (const { id, about, send } of await makeCalls()) {
    const name = `${id} (${about})`;
    const failed = await throughProxy(
      async () => engineError("AccessDeniedException"),
      () => send({ remainingMs: 15_000 }),
    );
    expect([name, failed.headers]).toEqual([name, expect.objectContaining(kept)]);
    expect(failed.requestId, name).toMatch(/^[0-9a-f-]{36}$/);
  }
  for (const { id, about, send } of calls) {
    const name = `${id} (${about})`;
    const answer = await send({ remainingMs: 15_000 });
    expect([name, answer.headers]).toEqual([name, expect.objectContaining(kept)]);
    expect(answer.requestId, name).toMatch(/^[0-9a-f-]{36}$/);
  }
});

it.each([
  ["POST", "/api/io/Ping", "{"],
  ["GET", "/api/io/Ping", undefined],
  ["POST", "/therapist/organizations/", "{"],
  ["DELETE", "/therapist/organizations/", undefined],
  ["POST", "/nobody/v2/accounts/login", "{"],
  ["GET", "/nobody/v2/nothing", undefined],
  ["GET", "/", undefined],
])("so do refusals before anything is known: %s %s", async (method, path, body) => {
  const { headers, requestId } = await send(method, path, { body });
  expect(headers).toMatchObject(kept);
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
});
