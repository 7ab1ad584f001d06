import { setImmediate as nextRound } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { documents } from "../../../lib/table/client.ts";
import { messages } from "../../functions/practices/practices-contract.ts";
import { call, makePractice, type Response, type TestPractice } from "../../kit/system.ts";

/**
 * A list is read at the same time as the caller's records. When that read fails first, nobody waits for it yet. Node ends a
 * process whose rejected promise nobody handles, and Lambda would answer the call, and others after it, with an error.
 */

let practice: TestPractice;
beforeEach(async () => {
  practice = await makePractice();
});

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});
afterEach(() => {
  process.off("unhandledRejection", note);
});

/** Makes a call whose list cannot be read, and whose caller's records are read after that. */
async function withFailedList(work: () => Promise<Response>): Promise<Response> {
  documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === "QueryCommand") throw new Error("the list cannot be read");
        // Node reports a promise that nobody handles before the next round of the event loop.
        await nextRound();
        return next(args);
      },
    { step: "initialize", name: "failed list" },
  );
  try {
    return await work();
  } finally {
    documents.middlewareStack.remove("failed list");
  }
}

describe("a list that cannot be read", () => {
  it("does not show when the caller is refused, and leaves no promise unhandled", async () => {
    const auth = { ...practice, applicationPassword: "wrong" };
    const answer = await withFailedList(() => call("UserList", { auth }));
    expect(answer.json).toMatchObject({ responseCode: 4010, responseMessage: messages[4010] });
    await nextRound();
    expect(unhandled).toEqual([]);
  });
  it("is answered as an internal error to a caller who is admitted, and leaves no promise unhandled", async () => {
    const answer = await withFailedList(() => call("UserList", { auth: practice }));
    expect([answer.status, answer.json.responseCode]).toEqual([500, 5000]);
    await nextRound();
    expect(unhandled).toEqual([]);
  });
});
