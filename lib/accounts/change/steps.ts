import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../errors.ts";
import { isObject } from "../../json.ts";
import { nameText, normaliseMobile } from "../account/document.ts";
import { invalidArgument } from "../account/invalid-argument.ts";
import {
  accessTo,
  type CallerRights,
  isCustom,
  type Judged,
  kindOf,
  mayRead,
  mayWrite,
} from "../account/properties.ts";
import { quoted, valueAt } from "../account/property-path.ts";
import { timeZoneFrom } from "../account/time-zone.ts";

/** One step of a change to an account's document. */
export interface Step {
  readonly op: "set" | "unset" | "push" | "remove";
  readonly path: readonly string[];
  readonly value?: unknown;
  /** `value` is an empty object. An object that is already at the path stays as it is. */
  readonly merges?: boolean;
  /**
   * A value on the way to the path that is not an object is replaced by an object. An `unset` then has nothing to do.
   */
  readonly replaces?: boolean;
}

type Json = Record<string, unknown>;

const unknownProperty = (path: readonly string[]) => invalidArgument(`Unknown property${quoted([path.join(".")])}`);

const stepsMax = 200;
const depthMax = 16;
const customBytesMax = 64 * 1024;
/**
 * A DynamoDB item holds 400 KB. That is enough for a document of this JSON size, even of many small values, and for
 * what the server adds.
 */
const documentBytesMax = 256 * 1024;
/** The same while an account is unverified: anybody can make such accounts. */
const unverifiedBytesMax = 32 * 1024;
/** How many array elements one change may compare in order to remove values. */
const comparisonsMax = 200_000;

/** Whether a value is nested more deeply than allowed. Looks no deeper than that. */
function tooDeep(value: unknown, left = depthMax): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((part) => tooDeep(part, left - 1));
}

/** The optional texts of an account. */
export const optionalTexts: ReadonlySet<string> = new Set([
  "name.prefix",
  "name.middle",
  "name.suffix",
  "dob",
  "gender",
  "tz",
  "locale",
  "profile.provider.affiliation",
  "profile.provider.license.number",
  "profile.provider.license.state",
  "profile.provider.npi",
  "profile.provider.specialty",
  "profile.provider.state",
]);

/**
 * Returns the steps of a PUT. Properties and sub-properties that are present change; `null` clears.
 * @param blankClears whether `""` clears optional texts too
 * @throws Failure kInvalidArgument
 */
export function putSteps(body: Json, { blankClears = false } = {}): Step[] {
  if (tooDeep(body)) throw invalidArgument("Nested too deeply");
  const steps: Step[] = [];
  const visit = (path: readonly string[], value: unknown) => {
    const kind = kindOf(path);
    if (kind === undefined) throw unknownProperty(path);
    const descends = isObject(value) && (kind === "document" || (kind === "custom" && Object.keys(value).length > 0));
    if (descends) for (const [name, part] of Object.entries(value)) visit([...path, name], part);
    else if (value === null || (blankClears && value === "" && optionalTexts.has(path.join(".")))) {
      steps.push({ op: "unset", path, replaces: true });
    } else steps.push({ op: "set", path, value, replaces: true, merges: kind === "custom" && isObject(value) });
  };
  for (const [name, value] of Object.entries(body)) visit([name], value);
  if (steps.length > stepsMax) throw invalidArgument("Too many properties");
  return steps;
}

const ops = new Set(["set", "unset", "push", "remove"]);

/**
 * Returns the steps of a PATCH: `{op, path, value}` or an array of them, which may be empty. A path is `/a/b` or `a.b`.
 * @throws Failure kInvalidArgument
 */
export function patchSteps(body: unknown): Step[] {
  if (tooDeep(body)) throw invalidArgument("Nested too deeply");
  const operations = Array.isArray(body) ? body : [body];
  if (operations.length > stepsMax) throw invalidArgument(`Expected at most ${stepsMax} operations`);
  return operations.map((operation) => {
    if (!isObject(operation)) throw invalidArgument("An operation is an object");
    const { op, path, value } = operation;
    if (typeof op !== "string" || !ops.has(op)) throw invalidArgument("Unknown op");
    if (typeof path !== "string" || path.length > 500) throw invalidArgument("Bad path");
    const names = path.startsWith("/") ? path.slice(1).split("/") : path.split(".");
    if (kindOf(names) === undefined) throw unknownProperty(names);
    if (op === "unset" || (op === "set" && value === null)) return { op: "unset", path: names };
    if (value === undefined) throw invalidArgument(`${op} needs a value`);
    return { op: op as Step["op"], path: names, value };
  });
}

/** The result of a change. */
export interface Change {
  readonly document: Json;
  /** The caller's own mark on the account; `undefined` when the change does not set it. */
  readonly favorite: boolean | undefined;
  /** The image that the change states, `null` to remove it; `undefined` when the change does not set it. */
  readonly image: unknown;
}

/**
 * Applies all steps to a copy of the document, or none.
 * @throws Failure kAccessDenied with a child for each value that the caller may not write, kInvalidArgument
 */
export function applySteps(before: Json, steps: readonly Step[], account: Judged, caller: CallerRights): Change {
  const refused = new Set<string>();
  const document = structuredClone(before);
  const work = { comparisons: 0 };
  let favorite: boolean | undefined;
  let image: unknown;
  for (const step of steps) {
    const denied = touchedBy(step, document).filter((path) => !mayWrite(path, account, caller));
    // A caller who may not read the property must not learn its content: neither from the paths in the error, nor from
    // another error of the step.
    const readable = mayRead(step.path[0] ?? "", accessTo(account, caller), caller.id === account.id);
    for (const path of denied) refused.add((readable ? path : step.path).join("."));
    if (denied.length > 0) continue;
    if (step.path[0] === "favorite") favorite = favoriteOf(step);
    else if (step.path[0] === "image") image = imageOf(step);
    else carryOut(step, document, work);
  }
  if (refused.size > 0) {
    throw new Failure(
      "kAccessDenied",
      [...refused].map((path) => ({
        field: `account.${path}`,
        message: "not writable",
        code: "kAccessDenied" as const,
      })),
    );
  }
  const custom = Object.fromEntries(Object.entries(document).filter(([name]) => isCustom(name)));
  checkCustom(custom);
  if (Buffer.byteLength(JSON.stringify(custom)) > customBytesMax)
    throw invalidArgument("Custom properties are too large");
  const after = pruned(document);
  checkSize(after, before);
  return { document: after, favorite, image };
}

/** Checks the size of a document. One that was stored under other rules may stay as large as it is. */
function checkSize(document: Json, before: Json): void {
  const bytes = bytesOf(document);
  if (bytes > documentBytesMax) throw invalidArgument("The account is too large");
  if (document.state === "unverified" && bytes > unverifiedBytesMax && bytes > bytesOf(before))
    throw invalidArgument("The account is too large: at most 32 KiB while it is unverified");
}

const bytesOf = (document: Json) => Buffer.byteLength(JSON.stringify(document));

/**
 * Returns the paths of all single values that a step changes. A step that replaces a document changes the values that
 * it had and those that it will have. If there are none, the step changes the document itself.
 */
function touchedBy({ op, path, value }: Step, document: Json): string[][] {
  if (kindOf(path) !== "document") return [[...path]];
  const leaves = (at: readonly string[], part: unknown): string[][] => {
    const kind = kindOf(at);
    if (kind === undefined) throw unknownProperty(at);
    if (kind !== "document" || !isObject(part)) return [[...at]];
    return Object.entries(part).flatMap(([name, below]) => leaves([...at, name], below));
  };
  const had = leaves(path, valueAt(document, path) ?? {});
  const touched = op === "set" ? [...had, ...leaves(path, value)] : had;
  return touched.length > 0 ? touched : [[...path]];
}

function favoriteOf({ op, value }: Step): boolean {
  const stated = op === "unset" ? false : asBoolean(value);
  if (op === "push" || op === "remove" || typeof stated !== "boolean")
    throw invalidArgument("favorite is true or false");
  return stated;
}

function imageOf({ op, value }: Step): unknown {
  if (op === "push" || op === "remove") throw invalidArgument("Not an array: image");
  return op === "unset" ? null : value;
}

/** Boolean properties, inside arrays too. A urlencoded body can only send them as words. */
const booleans = new Set([
  "locked",
  "activationRequired",
  "preferences.notifications.endpoints.enabled",
  "profile.provider.visibility.provider",
  "profile.provider.visibility.public",
]);
const asBoolean = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);

/** Returns a value in its stored form; `undefined` for an optional part of a name that is blank. */
function stored(path: readonly string[], value: unknown): unknown {
  if (isCustom(path[0] ?? "")) return value;
  if (Array.isArray(value)) return value.map((part) => stored(path, part));
  if (isObject(value)) {
    const parts = Object.entries(value).map(([name, part]) => [name, stored([...path, name], part)] as const);
    return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
  }
  const name = path.join(".");
  if (booleans.has(name)) return asBoolean(value);
  if (typeof value !== "string") return value;
  if (path[0] === "name") return nameText(value) || (optionalTexts.has(name) ? undefined : "");
  if (name === "tz") return timeZoneFrom(value) ?? value;
  return name === "mobile" ? (normaliseMobile(value) ?? value) : value;
}

/** The properties that every account has, with the values that they have after clearing. */
export const cleared: Readonly<Record<string, unknown>> = { roles: [], locked: false, activationRequired: false };

function carryOut({ op, path, value, merges, replaces }: Step, document: Json, work: { comparisons: number }): void {
  const parent = parentOf(document, path, { replaces, makes: op === "set" || op === "push" });
  if (!parent) return;
  const name = path.at(-1) as string;
  const present = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (op === "set") {
    const kept = stored(path, value);
    if (kept === undefined) delete parent[name];
    else if (!merges || !isObject(present)) parent[name] = kept;
  } else if (op === "unset") {
    if (path.length === 1 && Object.hasOwn(cleared, name)) parent[name] = structuredClone(cleared[name]);
    else delete parent[name];
  } else if (present !== undefined && !Array.isArray(present)) {
    throw invalidArgument(`Not an array${quoted([path.join(".")])}`);
  } else if (op === "remove") {
    if (present === undefined) return;
    work.comparisons += present.length;
    if (work.comparisons > comparisonsMax) throw invalidArgument("Too much to look through");
    const wanted = stored(path, value);
    parent[name] = present.filter((element) => !isDeepStrictEqual(element, wanted));
  } else {
    const list = present ?? [];
    if (path.join(".") !== "roles" || !list.includes(value)) parent[name] = [...list, stored(path, value)];
  }
}

/**
 * Returns the object that holds the last name of a path.
 * @param replaces whether a value on the way that is not an object is replaced by an object; otherwise it is an error
 * @param makes whether missing objects are created; otherwise the result is `undefined` when one is missing
 */
function parentOf(
  document: Json,
  path: readonly string[],
  { replaces = false, makes }: { replaces?: boolean | undefined; makes: boolean },
): Json | undefined {
  let at = document;
  for (const name of path.slice(0, -1)) {
    const below = Object.hasOwn(at, name) ? at[name] : undefined;
    if (below !== undefined && !isObject(below) && !replaces)
      throw invalidArgument(`No object on the way to${quoted([path.join(".")])}`);
    if (!isObject(below) && !makes) return undefined;
    const next: Json = isObject(below) ? below : {};
    at[name] = next;
    at = next;
  }
  return at;
}

/**
 * Checks custom properties, inside arrays too: names are allowed, texts are valid Unicode, and numbers are stored as
 * they were sent.
 * @throws Failure kInvalidArgument
 */
function checkCustom(value: unknown): void {
  if (typeof value === "string" && !value.isWellFormed()) throw invalidArgument("Not valid Unicode");
  if (typeof value === "number" && !Number.isFinite(value))
    throw invalidArgument("A number is too large to be kept as it is");
  if (Array.isArray(value)) for (const part of value) checkCustom(part);
  else if (isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      if (kindOf(["c_x", name]) === undefined) throw unknownProperty([name]);
      checkCustom(part);
    }
  }
}

/**
 * Removes documents that have become empty, because unset properties are absent. Only `name` stays, so that its missing
 * parts are reported.
 * @param at the path of the document
 */
function pruned(document: Json, at: readonly string[] = []): Json {
  const parts = Object.entries(document).flatMap(([name, value]): [string, unknown][] => {
    const path = [...at, name];
    if (kindOf(path) !== "document" || !isObject(value)) return [[name, value]];
    const below = pruned(value, path);
    return Object.keys(below).length > 0 || path.join(".") === "name" ? [[name, below]] : [];
  });
  return Object.fromEntries(parts);
}
