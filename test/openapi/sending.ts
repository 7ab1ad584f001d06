import type { Operation } from "../../lib/operations.ts";
import { mainPath, templateOf } from "../../openapi/addresses.ts";
import type { Example } from "../../openapi/examples.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { type Response, send } from "../kit/system.ts";
import { type Given, toTherapist } from "./givens.ts";
import type { Change, Id } from "./scenarios.ts";

/** How examples are sent. */

type Json = Record<string, unknown>;

const rowOf = (wanted: Id) => documentedRows.find(({ id }) => id === wanted) as Operation;

/** An example with a change, and with real values in the place of those that it shows. */
function requestOf(id: Id, example: Example, change: Change, { replace = {}, path: own = {} }: Given) {
  const path = templateOf(mainPath(rowOf(id)));
  const replaced = (text: string) =>
    Object.entries(replace).reduce((at, [shown, real]) => at.replaceAll(shown, real), text);
  const values = { ...example.path, ...own, ...change.path };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => replaced(String(values[name])));
  const query = change.rawQuery ?? new URLSearchParams({ ...example.query, ...change.query }).toString();
  const { auth, ...body } = (example.body ?? {}) as Json;
  const whole = {
    ...(auth !== undefined && { auth: { ...(auth as Json), ...change.auth } }),
    ...body,
    ...change.body,
  };
  const isList = Array.isArray(example.body);
  const stated = isList ? example.body : whole;
  const text = change.raw ?? (example.body === undefined ? undefined : JSON.stringify(stated));
  return { target: query === "" ? filled : `${filled}?${query}`, body: text && replaced(text) };
}

/** Sends an example, changed, in what is given. @param method another one than is documented */
export async function answerOf(
  id: Id,
  example: Example,
  change: Change,
  given: Given,
  method: string = rowOf(id).method,
): Promise<Response> {
  const { target, body } = requestOf(id, example, change, given);
  const now = change.minutesLater ? new Date(Date.now() + change.minutesLater * 60_000) : given.now;
  if (given.client) {
    const headers = { origin: "https://app.example.org", ...change.headers };
    const below = target.replace("/riverside/v2/", "");
    return given.client.send(method, below, { headers, ...(body !== undefined && { body }), now });
  }
  const headers = change.headers as Record<string, string> | undefined;
  if (target.startsWith("/therapist/")) return toTherapist(method, target, body, headers);
  return send(method, target, { headers: headers ?? {}, body });
}
