import { App } from "aws-cdk-lib";
import { type Operation, operations } from "../lib/operations.ts";
import { orComplain } from "../tools/complaint.ts";
import { functionFile } from "../tools/function-file.ts";
import { ApiStack } from "./api-stack.ts";
import { type Bundles, bundleFunctions } from "./bundle.ts";
import { DataStack } from "./data-stack.ts";
import { readConfig } from "./deploy-options.ts";
import { MessagesStack } from "./messages-stack.ts";
import { judge } from "./nag.ts";
import { PagesStack } from "./pages-stack.ts";
import { WatchStack } from "./watch-stack.ts";

/** Where the code of every function is, by its name: the registry's, and the worker `SendMessages`. */
export const functionFiles: Readonly<Record<string, URL>> = {
  ...Object.fromEntries(operations.map((row) => [row.id, functionFile(row)])),
  SendMessages: new URL("../functions/workers/send-messages.ts", import.meta.url),
};

/**
 * Adds Frontdesk's stacks to an app, as its context says. They name no account or region: both are the deployer's.
 * @throws Complaint about a wrong option
 */
export async function addStacks(app: App): Promise<void> {
  // A wrong option is told before anything is bundled.
  readConfig(app);
  const bundles = await bundleFunctions(functionFiles);
  try {
    addStacksOf(app, bundles, operations);
  } finally {
    // By now the stacks have copied them into the cloud assembly.
    bundles.remove();
  }
  judge(app);
}

/**
 * Adds the stacks of some operations.
 * @param bundles the functions of these operations and of the worker `SendMessages`, by their names
 * @throws Complaint about a wrong option
 */
export function addStacksOf(app: App, bundles: Pick<Bundles, "directoryOf">, operations: readonly Operation[]): void {
  const config = readConfig(app);
  const data = new DataStack(app, `${config.name}Data`, config);
  const api = new ApiStack(app, `${config.name}Api`, { config, data, operations, bundles });
  const directory = bundles.directoryOf("SendMessages");
  const messages = new MessagesStack(app, `${config.name}Messages`, { config, data, directory });
  new WatchStack(app, `${config.name}Watch`, { config, data, api, messages });
  if (config.pages === "public") new PagesStack(app, `${config.name}Pages`, api);
}

if (import.meta.main) await orComplain(() => addStacks(new App()));
