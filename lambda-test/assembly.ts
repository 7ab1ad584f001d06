import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A function of a cloud assembly. */
export interface Deployable {
  readonly id: string;
  /** The folder with its code. */
  readonly directory: string;
  readonly bundleBytes: number;
  readonly memoryMiB: number;
  /** The environment variables of its template, with values for those that CloudFormation would fill in. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties: { readonly MemorySize: number; readonly Environment?: { readonly Variables: object } };
        readonly Metadata?: { readonly "aws:asset:path"?: string };
      }
    >
  >;
}

/**
 * All functions of an assembly.
 * @param filledIn values of the variables that only a deployment knows, by name
 */
export function readAssembly(path: string, filledIn: Readonly<Record<string, string>>): Deployable[] {
  const templates = readdirSync(path)
    .filter((file) => file.endsWith(".template.json"))
    .map((file) => JSON.parse(readFileSync(join(path, file), "utf8")) as Template);
  return templates.flatMap(({ Resources }) =>
    Object.entries(Resources).flatMap(([logicalId, { Type, Properties, Metadata }]) => {
      if (Type !== "AWS::Lambda::Function") return [];
      const directory = join(path, String(Metadata?.["aws:asset:path"]));
      const variables = Object.entries(Properties.Environment?.Variables ?? {});
      const environment = variables.map(([name, value]) => [
        name,
        typeof value === "string" ? value : (filledIn[name] ?? ""),
      ]);
      return {
        id: logicalId.replace(/Function[0-9A-F]{8}$/, ""),
        directory,
        bundleBytes: statSync(join(directory, "index.cjs")).size,
        memoryMiB: Properties.MemorySize,
        environment: Object.fromEntries(environment),
      };
    }),
  );
}
