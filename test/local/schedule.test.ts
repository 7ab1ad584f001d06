import { expect, test } from "vitest";
import { startSchedule } from "../../local/schedule.ts";
import { openPortal } from "../kit/portal.ts";

test("npm start erases, at its start, accounts that nobody has verified in time", async () => {
  process.env.LOG_LEVEL ??= "SILENT";
  const portal = await openPortal({ unverifiedDays: 1 });
  const [old, young] = [
    await portal.register({}, { now: new Date(Date.now() - 2 * 86_400_000) }),
    await portal.register(),
  ];
  const lines: string[] = [];
  await startSchedule((line) => lines.push(line)).stop();
  expect(lines).toEqual([]);
  const statusOf = async ({ id }: { id: string }) => (await portal.administrator.get(`accounts/${id}`)).status;
  expect([await statusOf(old), await statusOf(young)]).toEqual([404, 200]);
});
