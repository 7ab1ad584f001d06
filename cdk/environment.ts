import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Complaint } from "../tools/complaint.ts";

/** The environment of a deployment without a file: its options are on the command line, or in `cdk.json`. */
export const noEnvironment = "none";

/** The folder of the files. It need not exist. */
const defaultFolder = "config";

/** The options of a deployment as they are written, and where. */
export interface WrittenOptions {
  /** The environment's name, or `none`. */
  readonly environment: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The file with the options; `undefined` if they are in the context. */
  readonly file: string | undefined;
}

/**
 * Finds the options of a deployment: in the file of the environment `env`, or without one in the context.
 * @param context the context of the app, without CDK's own keys
 * @throws Complaint about a missing or unreadable file, or if options are both in a file and in the context
 */
export function writtenOptions({
  env,
  configFolder = defaultFolder,
  ...context
}: Readonly<Record<string, unknown>>): WrittenOptions {
  if (typeof configFolder !== "string") throw refused("configFolder must be text.");
  const existing = environmentsIn(configFolder);
  if (env === noEnvironment) return { environment: noEnvironment, options: context, file: undefined };
  if (env === undefined) {
    if (existing.length === 0) return { environment: noEnvironment, options: context, file: undefined };
    throw refused(
      `which environment? ${listed(configFolder, existing)}: give -c env=${existing[0]}, or -c env=${noEnvironment} for a deployment without a file.`,
    );
  }
  if (typeof env !== "string" || !/^[a-z][a-z0-9-]{0,30}$/.test(env)) {
    throw refused(
      `env: must be the name of a file in ${configFolder}/, such as prod for ${configFolder}/prod.json: at most 31 lower-case letters, digits and hyphens, a letter first.`,
    );
  }
  const file = join(configFolder, `${env}.json`);
  if (!existing.includes(env)) {
    throw refused(`there is no ${file}. ${listed(configFolder, existing)}.`);
  }
  const twice = Object.keys(context);
  if (twice.length > 0) {
    throw refused(
      `with env=${env} all options come from ${file}, so that it says what is deployed. Write there what the command line or cdk.json says: ${twice.join(", ")}.`,
    );
  }
  const { $schema: _, ...options } = readOptions(file);
  refuseShared(configFolder, env, options, existing);
  return { environment: env, options: { name: defaultName(env), ...options }, file };
}

const refused = (why: string) => new Complaint(`Frontdesk cannot be deployed: ${why}`);

/** An environment's `name`, if its file has none. */
const defaultName = (env: string) => `Frontdesk-${env}`;

const listed = (folder: string, environments: readonly string[]) =>
  environments.length === 0 ? `${folder}/ has no files` : `${folder}/ has ${environments.join(", ")}`;

/**
 * The environments that have a file, by name.
 * @throws Complaint if the deployer's folder cannot be read, or if a file has the name of the deployment without one
 */
function environmentsIn(folder: string): string[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch (error) {
    if (folder === defaultFolder) return [];
    throw refused(`configFolder cannot be read: ${(error as Error).message}`);
  }
  const names = files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
  if (names.includes(noEnvironment)) {
    throw refused(
      `rename ${join(folder, `${noEnvironment}.json`)}, because env=${noEnvironment} means a deployment without a file.`,
    );
  }
  return names.sort();
}

/** Reads a file of options. @throws Complaint, with the line, if it is no JSON object */
function readOptions(file: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw refused(`${file} cannot be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`${file}, line ${lineOfFault(text)}: ${(error as Error).message.replaceAll("\n", " ")}`);
  }
  if (!isObject(value)) throw refused(`${file} must hold one JSON object.`);
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The line on which a text stops being JSON: the first line with which it fails earlier than at its end. Some messages of
 * `JSON.parse` say the position and some do not.
 */
function lineOfFault(text: string): number {
  const lines = text.split("\n");
  const begun = (count: number) => {
    const part = lines.slice(0, count).join("\n") + (count < lines.length ? "\n" : "");
    try {
      JSON.parse(part);
      return true;
    } catch (error) {
      const { message } = error as Error;
      return message.startsWith("Unexpected end") || message.includes(` at position ${part.length} `);
    }
  };
  const broken = lines.findIndex((_, index) => !begun(index + 1));
  return broken === -1 ? lines.length : broken + 1;
}

/** Options whose value only one environment can have. */
const unshared = ["apiDomain", "portalDomain", "portalUrl", "directDomain"];

/**
 * Refuses what two environments would fight over: the same name in the same place, and addresses. A file that cannot be read
 * is left out, so that it does not stop the others. Its own deployment reports it.
 */
function refuseShared(
  folder: string,
  env: string,
  options: Readonly<Record<string, unknown>>,
  existing: readonly string[],
): void {
  const placeOf = (name: string, each: Readonly<Record<string, unknown>>) =>
    [each.name ?? defaultName(name), each.account, each.region].join(" ");
  for (const other of existing.filter((each) => each !== env)) {
    const others = optionsIfReadable(join(folder, `${other}.json`));
    const shared = unshared.filter((option) => options[option] !== undefined && options[option] === others[option]);
    if (placeOf(env, options) === placeOf(other, others)) shared.push("name, account and region");
    if (shared.length > 0) {
      throw refused(`${env} and ${other} have the same ${shared.join(", ")} in ${folder}/.`);
    }
  }
}

function optionsIfReadable(file: string): Readonly<Record<string, unknown>> {
  try {
    return readOptions(file);
  } catch {
    return {};
  }
}
