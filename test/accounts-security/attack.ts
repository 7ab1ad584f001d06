import { expect } from "vitest";
import { documents } from "../../lib/table/client.ts";
import { statuses } from "../functions/accounts/accounts-contract.ts";
import type { Response } from "../kit/system.ts";

/** Strong passwords, a different one for each number. */
export const another = (place: number): string =>
  `vexedtulips${[...String(place)].map((digit) => "abcdefghij"[Number(digit)]).join("")}`;

/** How many requests an attacker sends at once: more than any limit allows. */
export const many = 50;
/** A smaller number, for cases where another test sends the full burst. */
export const some = 12;

/** Makes this many attempts at the same time. */
export const atOnce = <T>(times: number, attempt: (place: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, place) => attempt(place)));

/** The outcome of a call: the code of its fault, or `ok`. */
export const outcomeOf = ({ json }: Response): string => (json?.object === "fault" ? String(json.code) : "ok");

/** Counts the responses by outcome. */
export function tally(responses: readonly Response[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const response of responses) counts[outcomeOf(response)] = (counts[outcomeOf(response)] ?? 0) + 1;
  return counts;
}

/** Asserts that an answer is a success or a fault of the contract with the status of that fault, and never a 5xx. */
export function expectDocumented(response: Response): void {
  const { status, json, text } = response;
  if (json?.object === "fault") {
    expect(statuses, text).toHaveProperty(json.code);
    expect({ status, inBody: json.status }, text).toEqual({
      status: statuses[json.code as keyof typeof statuses],
      inBody: status,
    });
  } else {
    expect(status, text).toBe(200);
  }
  expect(status, text).toBeLessThan(500);
}

/** Asserts that `Object.prototype` has no new properties. Removes them, so that later tests are not affected. */
export function expectUnpolluted(): void {
  const inherited: string[] = [];
  for (const name in {}) inherited.push(name);
  for (const name of inherited) delete (Object.prototype as Record<string, unknown>)[name];
  expect(inherited).toEqual([]);
}

/** The input of an SDK command. */
interface Asked {
  readonly UpdateExpression?: string;
  readonly TransactItems?: readonly { readonly Put?: { readonly Item?: { readonly what?: string } } }[];
}

/** Runs `work`, and interrupts it just before its first request to the table of this kind. */
export async function interrupted<T>(
  kind: (input: Asked) => boolean | undefined,
  meanwhile: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  let isDone = false;
  documents.middlewareStack.add(
    (next) => async (args) => {
      if (!isDone && kind(args.input as Asked)) {
        isDone = true;
        await meanwhile();
      }
      return next(args);
    },
    { step: "initialize", name: "interrupted" },
  );
  try {
    const result = await work();
    expect(isDone, "no such request was made").toBe(true);
    return result;
  } finally {
    documents.middlewareStack.remove("interrupted");
  }
}

/**
 * Runs `work`, and interrupts it at the worst moment: just before it sends its first transaction that stores an audit
 * entry, when everything that the transaction depends on has been read.
 * @param what the name of the audit entry, such as `account.updated`
 */
export const justBefore = <T>(what: string, meanwhile: () => Promise<unknown>, work: () => Promise<T>): Promise<T> =>
  interrupted(({ TransactItems }) => TransactItems?.some(({ Put }) => Put?.Item?.what === what), meanwhile, work);
