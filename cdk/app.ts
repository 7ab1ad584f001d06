import { App } from "aws-cdk-lib";
import { operations } from "../lib/operations.ts";
import { orComplain } from "../local/complaint.ts";
import { functionFile } from "../local/functions.ts";
import { ApiStack } from "./api-stack.ts";
import { bundleFunctions } from "./bundle.ts";
import { readConfig } from "./config.ts";
import { DataStack } from "./data-stack.ts";

/**
 * Adds Frontdesk's stacks to an app, as its context says. They name no account or region: both are the deployer's.
 * @throws Complaint about a wrong option
 */
export async function addStacks(app: App): Promise<void> {
  const config = readConfig(app);
  const bundles = await bundleFunctions(Object.fromEntries(operations.map((row) => [row.id, functionFile(row)])));
  try {
    const data = new DataStack(app, `${config.name}Data`, config);
    new ApiStack(app, `${config.name}Api`, { config, data, operations, bundles });
  } finally {
    // By now the stack has copied them into the cloud assembly.
    bundles.remove();
  }
}

if (import.meta.main) await orComplain(() => addStacks(new App()));
