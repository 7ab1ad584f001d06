import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sentMessages } from "../kit/outside.ts";
import { codeIn, type Holder, minutesAfter, openPortal, password, type TestPortal } from "../kit/portal.ts";
import { type EngineRequest, engineError, throughProxy } from "../kit/proxy.ts";
import type { Response } from "../kit/system.ts";
import { outcomeOf } from "./attack.ts";

/*
 * DynamoDB refuses a single write of an item that is in a running transaction (`TransactionConflictException`), and the
 * SDK does not retry it. Two simultaneous calls of the same person can cause this. Callers must not notice it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */

let portal: TestPortal;
let holder: Holder;
beforeAll(async () => {
  portal = await openPortal({ twoFactor: true });
});
beforeEach(async () => {
  holder = await portal.register();
});

/** Runs `work` while the first attempt of every single write to these items conflicts with a transaction. */
async function amongTransactions(prefix: string, work: () => Promise<Response>): Promise<Response> {
  const met = new Set<string>();
  const answer = await throughProxy(async ({ operation, json, forward }: EngineRequest) => {
    const write = JSON.stringify([operation, json.Key, json.UpdateExpression]);
    const isHeld =
      /^(Update|Delete)Item$/.test(operation) && [json.Key.pk.S, json.Key.sk.S].some((text) => text.startsWith(prefix));
    if (!isHeld || met.has(write)) return forward();
    met.add(write);
    return engineError("TransactionConflictException", { message: "Transaction is ongoing for the item" });
  }, work);
  expect(met.size).toBeGreaterThan(0);
  return answer;
}

describe("a single write that meets a transaction", () => {
  it("delays a login, right or wrong, and a new device", async () => {
    const { email } = holder;
    const login = (client = portal.visitor(), body = {}) =>
      amongTransactions("TRIES#", () => client.post("accounts/login", { email, password, ...body }));
    expect(outcomeOf(await login(holder))).toBe("ok");
    expect(outcomeOf(await login(holder, { password: "wrong password" }))).toBe("kInvalidCredentials");
    expect(outcomeOf(await login())).toBe("kNewLocation");
  });
  it("delays the check of a code", async () => {
    const { email } = holder;
    const device = portal.visitor();
    await device.post("accounts/login", { email, password });
    const location = { verificationToken: codeIn((await sentMessages("+16505555555"))[0]) };
    const login = () => device.post("accounts/login", { email, password, location });
    expect(outcomeOf(await amongTransactions("DEVICECODE#", login))).toBe("ok");
  });
  it("still counts a wrong guess exactly once", async () => {
    const { email } = holder;
    const wrong = () => portal.visitor().post("accounts/login", { email, password: "wrong password" });
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(outcomeOf(await amongTransactions("TRIES#", wrong))).toBe("kInvalidCredentials");
    }
    expect(outcomeOf(await wrong())).toBe("kAccountLocked");
  });
  it("does not fail a call whose session is being written by another", async () => {
    const soon = { now: minutesAfter(new Date(), 1) };
    const answer = await amongTransactions("SESSION#", () => holder.get("accounts/me", soon));
    expect(outcomeOf(answer)).toBe("ok");
  });
});
