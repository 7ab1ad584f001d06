import { setTimeout as sleep } from "node:timers/promises";
import { Complaint } from "../tools/complaint.ts";
import { functionDefaults, setDefaults } from "../tools/function-settings.ts";
import { startDynoxide } from "./dynoxide.ts";
import { otherEndpoint, setEndpoint, statedPort } from "./environment.ts";
import { dataPath, instanceRecorded, type RunningInstance, takeFolder } from "./folder.ts";
import { prepareTable } from "./vendors.ts";

/** How long the program on a port may take to answer. */
const answerMsMax = 10_000;
/** How often to look for the record of an instance that has the data folder but is still starting. */
const looksMax = 100;
const lookMs = 100;

/**
 * Sets the environment so that `lib/` uses the table that a command is meant for. The first of these that exists:
 * the table of the stack in AWS; of the engine in `DYNAMODB_ENDPOINT`; of the instance on `PORT`, if it is in memory or
 * has this data folder; of the instance that has the data folder. Otherwise it starts an engine for the data folder.
 * @param open collects what must be closed after the command
 * @throws Complaint when the table cannot be reached
 */
export async function reachTable(open: AsyncDisposableStack, stack: string | undefined): Promise<void> {
  if (stack !== undefined) {
    const { settingsOfStack } = await import("./stack.ts");
    Object.assign(process.env, await settingsOfStack(stack));
    return setDefaults(functionDefaults);
  }
  const other = otherEndpoint();
  if (other) return useEngine(other, false);
  const serving = await instanceServing(statedPort());
  if (serving) return useInstance(serving);
  for (let look = 0; look < looksMax; look++) {
    const folder = takeFolder(dataPath());
    if (folder) {
      open.defer(() => folder.release());
      const engine = await startDynoxide(folder.databaseFile);
      open.defer(() => engine.stop());
      return useEngine(engine.endpoint, true);
    }
    const recorded = instanceRecorded(dataPath());
    if (recorded) return useInstance(recorded);
    await sleep(lookMs);
  }
  throw new Complaint(`The data folder ${dataPath()} is in use by a process that has not recorded how to reach it.`);
}

async function useEngine(endpoint: string, isOurs: boolean): Promise<void> {
  setEndpoint(endpoint, isOurs);
  setDefaults(functionDefaults);
  await prepareTable(endpoint);
}

function useInstance({ url, endpoint, tableName, folder }: RunningInstance): void {
  setEndpoint(endpoint, true);
  process.env.TABLE_NAME = tableName;
  setDefaults(functionDefaults);
  if (folder === null) console.error(`(using the instance in memory at ${url})`);
}

/**
 * The instance that listens on a port, if it is in memory or has our data folder.
 * @throws Complaint when a program listens but does not answer. If we ignored it, we might write to the wrong table.
 */
async function instanceServing(port: number): Promise<RunningInstance | undefined> {
  try {
    const answer = await fetch(`http://localhost:${port}/_local/engine`, { signal: AbortSignal.timeout(answerMsMax) });
    const instance = (await answer.json()) as RunningInstance;
    return instance.folder === null || instance.folder === dataPath() ? instance : undefined;
  } catch (error) {
    if ((error as Error).name !== "TimeoutError") return undefined;
    throw new Complaint(
      `The program on port ${port} does not answer: set PORT to the port of your instance, or to a free port.`,
    );
  }
}
