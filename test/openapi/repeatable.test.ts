import { beforeEach, describe, expect, it } from "vitest";
import type { Described, ExampleRequest } from "../../openapi/describe.ts";
import { descriptions } from "../../openapi/descriptions.ts";
import { readyCall, requestsOf } from "../kit/examples.ts";
import { allItems, emptyTable, isSuccess } from "../kit/system.ts";
import { documented, documentedOperations } from "./document.ts";

/** `x-repeatable`: whether a client may send a request again when it does not know whether the first one was carried out. */

// Each test reads the whole table several times.
beforeEach(emptyTable);

/** All records except events, without the fields that only say how often and when a record was written. */
async function records() {
  const items = await allItems();
  return items
    .filter(({ type }) => type !== "event" && type !== "tries")
    .map(({ version, updatedAt, lastSeenAt, passwordHash, sessionEpoch = 0, ...rest }) => ({ sessionEpoch, ...rest }));
}

/**
 * Operations that end all that has begun until now: they count up a number, which the session that goes on has as well. When they
 * are sent again, only this number changes.
 */
const endAllAgain: Readonly<Record<string, readonly string[]>> = {
  DeviceDeleteAll: ["deviceEpoch"],
  SessionDeleteOthers: ["sessionEpoch", "accountEpoch"],
};

/** Sends a request twice in one world. */
async function sentTwice(id: string, name: string) {
  const { send } = await readyCall(id, name);
  const first = await send();
  const afterFirst = await records();
  const second = await send();
  return { first, second, afterFirst, afterSecond: await records() };
}

/** The examples for which `isWanted` returns true. */
const examplesThat = (isWanted: (repeatable: Described["repeatable"], request: ExampleRequest) => boolean) =>
  descriptions.flatMap(({ id, repeatable, examples }) =>
    Object.entries(examples)
      .filter(([, example]) => isWanted(repeatable, example))
      .map(([name]) => [id, name] as const),
  );
const statesId = ({ body }: ExampleRequest) => (body as { id?: unknown } | undefined)?.id !== undefined;

/**
 * Operations that are not repeatable because they succeed again: they begin another session, upload or app,
 * mail again or push again.
 */
const succeedAgain = [
  "AccountLogin",
  "AccountRequestPasswordReset",
  "AccountResendVerification",
  "AccountPatch",
  "AccountPutImage",
  "ConnectionCreate",
  "InvitationCreate",
  "TotpCreate",
];

describe("x-repeatable", () => {
  it("is the value in the operation's description, at each of its addresses", () => {
    for (const { operation } of documentedOperations) {
      const id = operation["x-alias-of"] ?? operation.operationId;
      const { repeatable } = descriptions.find((each) => each.id === id) ?? {};
      expect([id, operation["x-repeatable"]]).toEqual([id, repeatable]);
      expect([id, documented(id).operation["x-repeatable"]]).toEqual([id, repeatable]);
    }
  });

  it.each(
    examplesThat((repeatable, request) => repeatable === true || (repeatable === "with id" && statesId(request))),
  )("true or with id: %s, %s succeeds when it is sent again, and changes nothing", async (id, name) => {
    const { first, second, afterFirst, afterSecond } = await sentTwice(id, name);
    expect(isSuccess(first), first.text).toBe(true);
    expect(second.status).toBe(first.status);
    expect(second.json?.responseCode).toBe(first.json?.responseCode);
    const counted = endAllAgain[id] ?? [];
    const others = (all: readonly object[]) =>
      all.map((item) => Object.fromEntries(Object.entries(item).filter(([field]) => !counted.includes(field))));
    expect(others(afterSecond)).toEqual(others(afterFirst));
  });

  it.each(examplesThat((repeatable, request) => repeatable === "with id" && !statesId(request)))(
    "with id: %s, %s has no id, so it creates a second record when it is sent again",
    async (id, name) => {
      const { first, second, afterFirst, afterSecond } = await sentTwice(id, name);
      expect(second.json.id).not.toBe(first.json.id);
      expect(afterSecond.length).toBeGreaterThan(afterFirst.length);
    },
  );

  it.each(descriptions.filter(({ repeatable }) => repeatable === false))(
    "false: $id is refused when it is sent again, or is carried out a second time",
    async (description) => {
      const { id } = description;
      let [sent, doneAgain] = [0, false];
      for (const [name] of requestsOf(description)) {
        const { first, second, afterFirst, afterSecond } = await sentTwice(id, name);
        if (!isSuccess(first)) continue;
        sent += 1;
        if (succeedAgain.includes(id)) doneAgain ||= JSON.stringify(afterSecond) !== JSON.stringify(afterFirst);
        else expect([name, isSuccess(second)]).toEqual([name, false]);
      }
      expect(sent).toBeGreaterThan(0);
      expect(doneAgain).toBe(succeedAgain.includes(id));
    },
  );
});
