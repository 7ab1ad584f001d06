import { expect } from "vitest";
import { documents } from "../../lib/table/client.ts";
import { statuses } from "../functions/accounts/accounts-contract.ts";
import type { Response } from "../kit/system.ts";

/** Good passwords, a different one for each place. */
export const another = (place: number): string =>
  `vexedtulips${[...String(place)].map((digit) => "abcdefghij"[Number(digit)]).join("")}`;

/** More than any limit allows, as an attacker sends them, … */
export const many = 50;
/** … and as many as are enough where the burst itself has been tried. */
export const some = 12;

/** Does something so many times at once. */
export const atOnce = <T>(times: number, attempt: (place: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, place) => attempt(place)));

/** What became of a call: the fault's code, or `ok`. */
export const outcomeOf = ({ json }: Response): string => (json?.object === "fault" ? String(json.code) : "ok");

/** How often each outcome came. */
export function tally(responses: readonly Response[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const response of responses) counts[outcomeOf(response)] = (counts[outcomeOf(response)] ?? 0) + 1;
  return counts;
}

/** Asserts an answer of the contract: a success, or one of its faults with that fault's status, and never a 5xx. */
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

/** Asserts that nothing was added to what every object inherits, and takes it away where it was. */
export function expectUnpolluted(): void {
  const inherited: string[] = [];
  for (const name in {}) inherited.push(name);
  for (const name of inherited) delete (Object.prototype as Record<string, unknown>)[name];
  expect(inherited).toEqual([]);
}

/** A request to the table, as the SDK is asked for it. */
interface Asked {
  readonly UpdateExpression?: string;
  readonly TransactItems?: readonly { readonly Put?: { readonly Item?: { readonly what?: string } } }[];
}

/** Does something, and something else just before the first request to the table of a kind. */
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
 * Does something, and something else at the worst moment: just before the first transaction that stores an audit entry is sent,
 * when all that it was built on has been read.
 * @param what the audit entry, such as `account.updated`
 */
export const justBefore = <T>(what: string, meanwhile: () => Promise<unknown>, work: () => Promise<T>): Promise<T> =>
  interrupted(({ TransactItems }) => TransactItems?.some(({ Put }) => Put?.Item?.what === what), meanwhile, work);
