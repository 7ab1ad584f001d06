import { accountsCommands } from "./accounts.ts";
import type { Definition } from "./command.ts";
import { connectionsCommands } from "./connections.ts";
import { practicesCommands } from "./practices.ts";
import { signInCommands } from "./sign-in.ts";
import { therapistsCommands } from "./therapists.ts";
import { workerCommands } from "./worker-commands.ts";

/** Everything that a client can do: every operation, and every worker. */
export const definitions: readonly Definition[] = [
  ...practicesCommands,
  ...therapistsCommands,
  ...accountsCommands,
  ...signInCommands,
  ...connectionsCommands,
  ...workerCommands,
];
