import { deepEqual, rejects } from "node:assert/strict";
import type { Tally } from "../tools/tally.ts";
import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";

/** The checks of the deletion of all stacks. */
export async function destruction(
  check: Tally["check"],
  { cloud, deployment, assembly }: { cloud: Cloud; deployment: Deployment; assembly: string },
): Promise<void> {
  const data = cloud.dataNames();
  await check("cdk destroy --all deletes all stacks but the one with the data, which is protected", async () => {
    await rejects(deployment.destroy(assembly), /TerminationProtection|termination protection/i);
    deepEqual(await cloud.stackNames(), ["CDKToolkit", "FrontdeskData"]);
  });
  await check("without its protection the stack is deleted, and table, secret and bucket stay", async () => {
    await cloud.unprotect("FrontdeskData");
    await deployment.destroy(assembly);
    deepEqual(await cloud.stackNames(), ["CDKToolkit"]);
    deepEqual(await cloud.whichRemain(data), { table: true, bucket: true, secret: true });
  });
}
