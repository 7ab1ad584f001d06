import { equal } from "node:assert/strict";
import type { Reached } from "../lambda-test/life-cycles.ts";
import type { Cloud } from "./cloud.ts";

/** The check that the emulator enforces roles. Otherwise no call of the other checks would show that the roles suffice. */
export async function roles({ check, send, vendor: { clientKey: _, ...auth } }: Reached, cloud: Cloud): Promise<void> {
  await check("a function whose role has lost its permissions cannot read the table", async () => {
    const get = async () => {
      const { json } = await send("POST", "/api/io/PracticeGet", { body: { auth, accountId: "practice-1" } });
      return json.responseCode;
    };
    equal(await get(), 2000);
    await cloud.disarm(await cloud.nameOf("FrontdeskApi", "PracticeGet", "AWS::IAM::Role"));
    equal(await get(), 5000);
  });
}
