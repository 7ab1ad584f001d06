import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PythonTools, pythonTools } from "../tools/python-tools.ts";
import { Deployment } from "./deployment.ts";
import { type Emulator, startEmulator } from "./emulator.ts";

/** The commands of the emulator, which are installed when they are first needed; or the reason why that is impossible. */
export const emulatorTools = (): PythonTools => pythonTools(new URL("requirements.txt", import.meta.url));

/**
 * Starts the emulator, and ends it after the work, or when the program is told to end. What it has stored is deleted.
 * @param bin the folder with its command
 * @param without names of workarounds that are left out
 * @returns whether the work was done, or the program was told to end
 */
export async function withEmulator(
  bin: string,
  work: (emulator: Emulator, deployment: Deployment) => Promise<void>,
  without: readonly string[] = [],
): Promise<"done" | "interrupted"> {
  const scratch = mkdtempSync(join(tmpdir(), "frontdesk-emulator-"));
  await using open = new AsyncDisposableStack();
  // Functions may still write while they are ended.
  open.defer(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const told = Promise.withResolvers<"interrupted">();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => told.resolve("interrupted"));
  const emulator = await startEmulator(bin, join(scratch, "emulator"));
  open.defer(() => emulator.stop());
  const deployment = new Deployment(emulator, scratch, without);
  open.defer(() => deployment.stop());
  return await Promise.race([told.promise, work(emulator, deployment).then(() => "done" as const)]);
}
