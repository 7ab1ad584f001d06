import { Failure, type FieldError } from "../../errors.ts";
import { isObject } from "../../json.ts";
import type { ConnectionLevel } from "../../table/records.ts";
import { characters, isPlain } from "../../text.ts";
import { normaliseEmail } from "../account/email.ts";
import { invalidArgument } from "../account/invalid-argument.ts";
import { quoted } from "../account/property-path.ts";

/** Somebody who is invited, as a request states it. */
export interface Target {
  /** As `normaliseEmail` returns it. */
  readonly email: string;
  readonly access: ConnectionLevel;
  readonly roles: readonly string[] | undefined;
  readonly message: string | undefined;
}

/** How many people one request may invite. */
export const targetsMax = 50;
/** Maximum length of the inviter's own words, in characters and in bytes of UTF-8. A queued mail has room for this. */
export const messageCharactersMax = 500;
const messageBytesMax = 1500;
const rolesMax = 50;
const roleShape = /^[0-9a-f]{24}$/;
const levels: ReadonlyMap<unknown, ConnectionLevel> = new Map([2, 4, 6].flatMap((level) => both(level)));

/** A level as a number and, because forms send only text, as text. */
function both(level: number): [unknown, ConnectionLevel][] {
  const known = level as ConnectionLevel;
  return [
    [level, known],
    [String(level), known],
  ];
}

type Read<Value> = { readonly value: Value } | { readonly fault: Omit<FieldError, "field"> };
const fault = (
  code: "kRequired" | "kEnumValue" | "kInvalidEmailFormat" | "kInvalidFormat" | "kInvalidString",
  message: string,
) => ({ fault: { code, message } }) as const;
const required = fault("kRequired", "is required");
const isAbsent = (stated: unknown) => stated === undefined || stated === null;
/** Whether a value that is required is missing. */
const isMissing = (stated: unknown) => isAbsent(stated) || stated === "";

function readEmail(stated: unknown): Read<string> {
  if (isMissing(stated)) return required;
  const email = normaliseEmail(stated);
  return email === undefined ? fault("kInvalidEmailFormat", "must be an e-mail address") : { value: email };
}

/** Reads a level of access. @param byDefault the level when none is stated; without it, one is required */
export function readLevel(stated: unknown, byDefault?: ConnectionLevel): Read<ConnectionLevel> {
  if (byDefault !== undefined && isAbsent(stated)) return { value: byDefault };
  if (isMissing(stated)) return required;
  const level = levels.get(stated);
  return level === undefined ? fault("kEnumValue", "must be one of 2 4 6") : { value: level };
}

function readRoles(stated: unknown): Read<readonly string[] | undefined> {
  if (isAbsent(stated)) return { value: undefined };
  const isRole = (role: unknown): role is string => typeof role === "string" && roleShape.test(role);
  if (!Array.isArray(stated) || stated.length > rolesMax || !stated.every(isRole))
    return fault("kInvalidFormat", `must be an array of at most ${rolesMax} ids of roles`);
  return { value: stated.length === 0 ? undefined : [...new Set(stated)] };
}

function readMessage(stated: unknown): Read<string | undefined> {
  if (isAbsent(stated)) return { value: undefined };
  const text =
    typeof stated === "string" && stated.length <= messageCharactersMax * 2
      ? stated.replace(/\r\n?/g, "\n")
      : undefined;
  const fits =
    text !== undefined &&
    isPlain(text.replaceAll("\n", " ")) &&
    characters(text) <= messageCharactersMax &&
    Buffer.byteLength(text) <= messageBytesMax;
  return fits
    ? { value: text }
    : fault(
        "kInvalidString",
        `must be text of at most ${messageCharactersMax} characters and ${messageBytesMax} bytes`,
      );
}

const names = new Set(["email", "access", "roles", "message"]);

/**
 * Reads the `targets` of a request: who is invited.
 * @param byDefault the access of a target that states none; without it, each must state one
 * @throws Failure kValidationError with a child for each error, kInvalidArgument for an unknown property
 */
export function readTargets(
  { targets: stated, ...others }: Readonly<Record<string, unknown>>,
  byDefault?: ConnectionLevel,
): readonly Target[] {
  const unknown = Object.keys(others);
  if (unknown.length > 0) throw invalidArgument(`Unknown property${quoted(unknown)}`);
  if (isMissing(stated)) throw invalid([{ field: "targets", message: "is required", code: "kRequired" }]);
  if (!Array.isArray(stated) || stated.length === 0 || stated.length > targetsMax) {
    throw invalid([
      { field: "targets", message: `must be an array of 1 to ${targetsMax} targets`, code: "kInvalidFormat" },
    ]);
  }
  const fieldErrors: FieldError[] = [];
  const targets = stated.flatMap((target: unknown, place) => {
    const field = `targets[${place}]`;
    const also = isObject(target) ? Object.keys(target).filter((name) => !names.has(name)) : [];
    if (!isObject(target) || also.length > 0) {
      const message = isObject(target) ? `Unknown property${quoted(also)}` : "must be an object";
      fieldErrors.push({ field, message, code: "kInvalidFormat" });
      return [];
    }
    const read = <Value>(name: string, result: Read<Value>): Value | undefined => {
      if ("value" in result) return result.value;
      fieldErrors.push({ field: `${field}.${name}`, ...result.fault });
      return undefined;
    };
    const email = read("email", readEmail(target.email));
    const access = read("access", readLevel(target.access, byDefault));
    const roles = read("roles", readRoles(target.roles));
    const message = read("message", readMessage(target.message));
    return email === undefined || access === undefined ? [] : [{ email, access, roles, message }];
  });
  if (fieldErrors.length > 0) throw invalid(fieldErrors);
  const twice = targets.flatMap(({ email }, place) =>
    targets.findIndex((other) => other.email === email) < place ? [place] : [],
  );
  if (twice.length > 0)
    throw invalid(
      twice.map((place) => ({ field: `targets[${place}].email`, message: "is named twice", code: "kInvalidFormat" })),
    );
  return targets;
}

const invalid = (fieldErrors: readonly FieldError[]) => new Failure("kValidationError", fieldErrors);
