import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { type Operation, operations } from "../lib/operations.ts";
import { orComplain } from "../tools/complaint.ts";
import { functionFile } from "../tools/function-file.ts";
import { buildPortal, type PortalBuild } from "../web/portal/build.ts";
import { AccountsStack, isInAccountsStack } from "./accounts-stack.ts";
import { ApiStack } from "./api-stack.ts";
import { BackupStack } from "./backup-stack.ts";
import { type Bundles, bundleFunctions } from "./bundle.ts";
import { CleanUpStack } from "./clean-up-stack.ts";
import { DataStack } from "./data-stack.ts";
import { fileSchema, readConfig } from "./deploy-options.ts";
import { hasEdge, isBehindEdge } from "./edge-names.ts";
import { EdgeStack } from "./edge-stack.ts";
import { ImagesStack } from "./images-stack.ts";
import { MessagesStack } from "./messages-stack.ts";
import { checkRules } from "./nag.ts";
import { isInPagesStack, PagesStack } from "./pages-stack.ts";
import { WatchStack } from "./watch-stack.ts";

/** The source file of every function, by function name: those of the registry, and the workers. */
export const functionFiles: Readonly<Record<string, URL>> = {
  ...Object.fromEntries(operations.map((row) => [row.id, functionFile(row)])),
  SendMessages: new URL("../functions/workers/send-messages.ts", import.meta.url),
  ProcessImage: new URL("../functions/workers/process-image.ts", import.meta.url),
  CleanUp: new URL("../functions/workers/clean-up.ts", import.meta.url),
  AdmitCloudFront: new URL("../functions/edge/admit-cloudfront.ts", import.meta.url),
  EraseOverdue: new URL("../functions/workers/erase-overdue.ts", import.meta.url),
};

/**
 * Adds Frontdesk's stacks to an app, with the options in its context or in the file of an environment. Without a file, and
 * without these options, the stacks name no account and no region, so that the deployer can choose both.
 * @throws Complaint about a wrong option
 */
export async function addStacks(app: App): Promise<void> {
  writeSchema(app.outdir);
  // Before anything else, so that a wrong option is reported before the functions are bundled.
  const { pages } = readConfig(app);
  const portal = pages === "public" ? await buildPortal() : undefined;
  const bundles = await bundleFunctions(functionFiles);
  try {
    addStacksOf(app, { bundles, portal, operations });
  } finally {
    // The stacks have copied the bundles into the cloud assembly.
    bundles.remove();
  }
  checkRules(app);
}

/** Writes what editors need to know of the files in config/, so that they complete and check options. */
function writeSchema(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "environment.schema.json"), JSON.stringify(fileSchema(), undefined, 1));
}

/** What the stacks are made of. */
export interface StackContents {
  readonly operations: readonly Operation[];
  /** The bundled functions of these operations and of the workers, by name. */
  readonly bundles: Pick<Bundles, "directoryOf">;
  /** The built pages of portals; `undefined` if pages are left out. */
  readonly portal: PortalBuild | undefined;
}

/**
 * Adds the stacks for the given operations.
 * @throws Complaint about a wrong option
 */
export function addStacksOf(app: App, { operations, bundles, portal }: StackContents): void {
  const config = readConfig(app);
  const data = new DataStack(app, `${config.name}Data`, config);
  const common = { config, data, bundles };
  const api = new ApiStack(app, `${config.name}Api`, {
    ...common,
    operations: operations.filter((row) => !isInAccountsStack(row) && !isInPagesStack(row)),
  });
  const accounts = new AccountsStack(app, `${config.name}Accounts`, {
    ...common,
    operations: operations.filter(isInAccountsStack),
    api: api.api,
    portalUrl: api.portalUrl,
  });
  const messages = new MessagesStack(app, `${config.name}Messages`, common);
  // A worker of an earlier version might not receive what a newer function queues, so it is updated first.
  for (const stack of [api, accounts]) stack.addStackDependency(messages);
  const images = new ImagesStack(app, `${config.name}Images`, common);
  const cleanUp = new CleanUpStack(app, `${config.name}CleanUp`, common);
  new WatchStack(app, `${config.name}Watch`, { config, data, api, accounts, messages, images, cleanUp });
  const { backupVaultArn: vaultArn } = config;
  if (vaultArn !== undefined) new BackupStack(app, `${config.name}Backup`, { config, data, vaultArn });
  if (config.pages === "public" && portal) {
    new PagesStack(app, `${config.name}Pages`, {
      ...common,
      operations: operations.filter(isInPagesStack),
      api,
      portal,
    });
  }
  if (hasEdge(config)) new EdgeStack(app, `${config.name}Edge`, { config, api, operations });
  if (isBehindEdge(config)) api.guard?.guard(app);
}

if (import.meta.main) await orComplain(() => addStacks(new App()));
