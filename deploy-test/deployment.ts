import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Emulator } from "./emulator.ts";
import { workAround } from "./workarounds.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const minutesMax = 5;
const linesMax = 20;

/** The values that the deployed stacks state, by stack and name. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The project's own CDK, which deploys to the emulator. */
export class Deployment {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #scratch: string;
  readonly #without: readonly string[];
  readonly #ended = new AbortController();
  #assemblies = 0;

  /**
   * @param scratch a folder for assemblies
   * @param without names of workarounds that are left out
   */
  constructor({ environment }: Emulator, scratch: string, without: readonly string[]) {
    const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...inherited } = process.env;
    this.#environment = { ...inherited, ...environment };
    this.#scratch = scratch;
    this.#without = without;
  }

  /** Runs a program of the project with Node, so that it uses the emulator. Returns what it prints. @throws Error with its output */
  async run(file: string, ...args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [join(root, file), ...args], {
        cwd: root,
        env: this.#environment,
        timeout: minutesMax * 60_000,
        maxBuffer: 64 * 1024 * 1024,
        signal: this.#ended.signal,
      });
      return stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      // The last lines say what went wrong; those before are about each resource.
      const last = `${stdout}\n${stderr}`.trim().split("\n").slice(-linesMax).join("\n");
      throw new Error(`${[file, ...args].join(" ")}: ${last}`);
    }
  }

  /** Synthesizes the stacks, and changes the assembly for the emulator. */
  async synthesize(options: Readonly<Record<string, string>> = {}) {
    this.#assemblies += 1;
    const assembly = join(this.#scratch, `assembly-${this.#assemblies}`);
    // Without the options of any file that a deployer has in config/.
    const context = Object.entries({ env: "none", ...options }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    await this.#cdk("synth", "--quiet", "--output", assembly, ...context);
    return { assembly, places: workAround(assembly, this.#without) };
  }

  /** Prepares account and region, with an assembly, so that no stacks are made for it. */
  bootstrap = (assembly: string): Promise<string> => this.#cdk("bootstrap", "--app", assembly);

  /** Deploys all stacks. Returns their outputs. */
  async deploy(assembly: string): Promise<Outputs> {
    const file = join(this.#scratch, "outputs.json");
    const options = ["--require-approval", "never", "--outputs-file", file, "--concurrency", "2"];
    await this.#cdk("deploy", "--all", "--app", assembly, ...options);
    return JSON.parse(readFileSync(file, "utf8"));
  }

  /** Deletes all stacks that may be deleted. @throws Error when a stack may not */
  destroy = (assembly: string): Promise<string> => this.#cdk("destroy", "--all", "--force", "--app", assembly);

  /** Ends the programs that still run. */
  stop(): void {
    this.#ended.abort();
  }

  #cdk(...args: readonly string[]): Promise<string> {
    return this.run("node_modules/aws-cdk/bin/cdk", ...args);
  }
}
