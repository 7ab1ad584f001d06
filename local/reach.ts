import { setTimeout as sleep } from "node:timers/promises";
import { Complaint } from "../tools/complaint.ts";
import { startDynoxide } from "./dynoxide.ts";
import { functionDefaults, otherEndpoint, setDefaults, setEndpoint, statedPort } from "./environment.ts";
import { dataPath, instanceRecorded, type RunningInstance, takeFolder } from "./folder.ts";

/** How long whoever listens on a port may take to say who they are. */
const answerMsMax = 10_000;
/** How often, and how far apart, to look at a folder whose owner has not yet said how to reach it. */
const looksMax = 100;
const lookMs = 100;

/**
 * Sets the environment such that lib/ reaches the table that a command is about: of the stack in AWS; else of the engine
 * that the environment names; of the instance that serves `PORT`, if it is in memory or on this data folder; of the
 * one that has the data folder; or the data folder's own, for which an engine runs.
 * @param open takes what is to be closed when the command is done
 * @throws Complaint when the table cannot be reached
 */
export async function reachTable(open: AsyncDisposableStack, stack: string | undefined): Promise<void> {
  if (stack !== undefined) {
    const { tableOfStack } = await import("./stack.ts");
    process.env.TABLE_NAME = await tableOfStack(stack);
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
  throw new Complaint(`The data folder ${dataPath()} is in use by a process that does not say how to reach it.`);
}

async function useEngine(endpoint: string, isOurs: boolean): Promise<void> {
  setEndpoint(endpoint, isOurs);
  setDefaults(functionDefaults);
  const { prepareTable } = await import("./vendors.ts");
  await prepareTable(endpoint);
}

function useInstance({ url, endpoint, tableName, folder }: RunningInstance): void {
  setEndpoint(endpoint, true);
  process.env.TABLE_NAME = tableName;
  setDefaults(functionDefaults);
  if (folder === null) console.error(`(in the memory of ${url})`);
}

/**
 * The instance behind a port, if it is in memory or has our data folder.
 * @throws Complaint when somebody is there but says nothing: taken for nobody, it might be the wrong table that we write
 */
async function instanceServing(port: number): Promise<RunningInstance | undefined> {
  try {
    const answer = await fetch(`http://localhost:${port}/_local/engine`, { signal: AbortSignal.timeout(answerMsMax) });
    const instance = (await answer.json()) as RunningInstance;
    return instance.folder === null || instance.folder === dataPath() ? instance : undefined;
  } catch (error) {
    if ((error as Error).name !== "TimeoutError") return undefined;
    throw new Complaint(`What listens on port ${port} does not answer: set PORT to your instance's, or to a free one.`);
  }
}
