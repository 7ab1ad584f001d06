import type { Family } from "../../../lib/operations.ts";
import type { Response } from "../../kit/system.ts";
import { isSuccess } from "../../kit/system.ts";
import type { Name } from "./places.ts";

/** Compares the answers to two requests that differ in one name. */

/** The outcome of a call in the words of its family: a code of `/api/io`, an HTTP status, or the code of a fault. */
export function outcomeOf(family: Family, { status, json }: Response): string {
  if (family === "practices") return String(json.responseCode);
  if (family === "therapists") return String(status);
  return json?.object === "fault" ? String(json.code) : "ok";
}

/**
 * An answer as text: all that a caller sees of it, with `‹name›` in place of the name that was sent. The order of a success's
 * properties says nothing: the engine returns those of maps in any order.
 * @param isKnown whether a secret existed before the call
 */
export function textOf(response: Response, sent: Name, isKnown: (secret: string) => boolean): string {
  const { status, headers, cookies, text, json, requestId } = response;
  const body = isSuccess(response) && json !== undefined ? JSON.stringify(sorted(json)) : text;
  const whole = [status, JSON.stringify(headers), JSON.stringify(cookies), body].join("\n");
  const sentNames = String(sent)
    .split(" ")
    .filter((name) => name.length > 3);
  const names = [...sentNames.map((name) => [name, "‹name›"]), [requestId, "‹request›"]];
  const told = names.reduce(
    (rest, [name = "", word = ""]) => rest.replaceAll(new RegExp(escaped(name), "gi"), word),
    whole,
  );
  return isSuccess(response) ? withoutNewSecrets(told, isKnown) : told;
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(parts.map(([name, part]) => [name, sorted(part)]));
};

const escaped = (name: string) => name.replaceAll(/[^A-Za-z0-9]/g, "\\$&");

/**
 * Ids and secrets that the call itself has made differ each time. Everything that existed before stays, and words stay, such as
 * names of headers.
 */
const withoutNewSecrets = (text: string, isKnown: (secret: string) => boolean): string =>
  text
    .replaceAll(/"key":"(policy|x-amz-signature|key)","value":"[^"]*"/g, '"key":"$1","value":"‹new›"')
    .replaceAll(/"recoveryCodes":\[[^\]]*\]/g, '"recoveryCodes":‹new›')
    .replaceAll(/[A-Za-z0-9_%=-]{20,}/g, (secret) => (/^[a-z-]+$/.test(secret) || isKnown(secret) ? secret : "‹new›"));
