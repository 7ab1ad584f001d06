import { expect, it } from "vitest";
import { Pace } from "../../cli/src/import/pace.ts";
import { FrontdeskError } from "../../client/src/client.ts";

const busy = () =>
  new FrontdeskError({ operation: "PracticeSave", code: 5000, status: 503, text: "Internal Error", help: "" });

it("a busy server gets half as many calls at once, and one more after each twenty answers", async () => {
  const pace = new Pace(8, 60_000, new AbortController().signal);
  let calls = 0;
  const answer = await pace.run(() => {
    calls += 1;
    return calls === 1 ? Promise.reject(busy()) : Promise.resolve("done");
  });
  expect({ answer, calls, limit: pace.limit }).toEqual({ answer: "done", calls: 2, limit: 4 });
  // The first success counts too.
  for (let count = 1; count < 20; count += 1) await pace.run(() => Promise.resolve());
  expect(pace.limit).toBe(5);
});

it("no more calls run at once than the limit says", async () => {
  const pace = new Pace(3, 60_000, new AbortController().signal);
  let [running, most] = [0, 0];
  await Promise.all(
    Array.from({ length: 20 }, () =>
      pace.run(async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      }),
    ),
  );
  expect(most).toBe(3);
});
