import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isInPagesStack } from "../cdk/pages-stack.ts";
import { routeMethods, routePath } from "../lib/api/routes.ts";
import { type Operation, operations } from "../lib/operations.ts";
import type { Assembly } from "./synthesis.ts";

const rows: readonly Operation[] = operations;

/** No credentials, no configuration of this machine, no telemetry: only a region, which SAM wants to know. */
const environment = (home: string) => ({
  PATH: process.env.PATH,
  HOME: home,
  AWS_DEFAULT_REGION: "us-east-1",
  SAM_CLI_TELEMETRY: "0",
});

/** Runs `sam validate`. @throws Error with what it printed if the template is not valid */
export async function validate(bin: string, template: string, home: string): Promise<void> {
  const args = ["-m", "samcli", "validate", "--template", template];
  await promisify(execFile)(join(bin, "python"), args, { env: environment(home), cwd: home });
}

interface SamRoute {
  readonly methods: readonly string[];
  readonly path: string;
  /** The logical id of the function. */
  readonly function: string;
}

/** The routes that SAM reads from a template: the method, the path and the operation's id, in one line each. */
export async function routesOfSam(bin: string, template: string, home: string, assembly: Assembly): Promise<string[]> {
  const script = fileURLToPath(new URL("read_routes.py", import.meta.url));
  const options = { env: environment(home), cwd: home, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(join(bin, "python"), [script, template], options);
  const routes = JSON.parse(stdout) as readonly SamRoute[];
  const ids = operationIds(assembly);
  return routes.flatMap(({ methods, path, function: id }) =>
    methods.map((method) => `${path === "$default" ? "ANY" : method} ${path} → ${ids.get(id) ?? id}`),
  );
}

/** The id of the operation of each function, by the function's logical id. */
const operationIds = ({ resources }: Assembly): ReadonlyMap<string, string> =>
  new Map(
    [...resources.values()].flatMap((ofStack) =>
      Object.entries(ofStack).flatMap(([logicalId, { Type, Metadata }]) =>
        Type === "AWS::Lambda::Function"
          ? [[logicalId, String(Metadata?.["aws:cdk:path"]).split("/")[1] ?? ""] as const]
          : [],
      ),
    ),
  );

/** The methods that SAM makes of a route for all methods. */
const anyMethod = ["GET", "DELETE", "PUT", "POST", "HEAD", "OPTIONS", "PATCH"];

/** The routes of the registry in the same form, without those of the pages of portals. */
export const routesOfRegistry = (): string[] =>
  rows
    .filter((row) => !isInPagesStack(row))
    .flatMap(({ id, method, paths }) =>
      paths.flatMap((path) => {
        if (path === "$default") return [`ANY $default → ${id}`];
        const methods = routeMethods(method, path).flatMap((each) => (each === "ANY" ? anyMethod : [each]));
        return methods.map((each) => `${each} ${routePath(path)} → ${id}`);
      }),
    );
