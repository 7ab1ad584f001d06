import { expect, it } from "vitest";
import { leaveOutTokens } from "../../local/tokens.ts";
import { type EngineRequest, hangUp, throughProxy } from "../kit/proxy.ts";
import { allItems, call, expectOk, makePractice } from "../kit/system.ts";

// Regression: a transaction took 0.5 ms at first and 1.9 ms after 30,000, because Dynoxide searches all tokens each time.
it("transactions are sent without a token, and one whose answer is lost is still carried out once", async () => {
  const auth = await makePractice({ accountId: "without-tokens" });
  const tokens: unknown[] = [];
  let isFirst = true;
  const loseFirst = async (request: EngineRequest) => {
    if (request.operation !== "TransactWriteItems") return request.forward();
    tokens.push(request.json.ClientRequestToken);
    const answer = await request.forward();
    if (!isFirst) return answer;
    isFirst = false;
    return hangUp;
  };
  const { requestId } = await throughProxy(loseFirst, async () => {
    leaveOutTokens();
    const response = await call("PracticeUpdate", { auth, name: "Changed" });
    await expectOk(Promise.resolve(response));
    return response;
  });
  expect(tokens).toEqual([undefined, undefined]);
  const events = (await allItems()).filter((item) => item.type === "event" && item.requestId === requestId);
  expect(events).toHaveLength(1);
  expect((await expectOk(call("PracticeGet", { auth }))).practice.name).toBe("Changed");
});
