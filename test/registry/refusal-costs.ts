import { expect } from "vitest";
import type { Observed } from "../kit/observed-call.ts";
import { type Response, roundTrips } from "../kit/system.ts";

/**
 * How much a refusal may cost: who is refused can ask again at once, as often as they like. A ceiling is the most that any
 * operation needs for its refusal with this code.
 */

/** Requests to the table, how many of them wait for others, and password hashes. */
type Cost = readonly [requests: number, roundTrips: number, hashes: number];

const nothing = [0, 0, 0] as const;
/** Reads the caller's records together with its own, and counts the call for its address and its application. */
const admission = [3, 1, 0] as const;

/** By code: of practices, of therapists, of portals. */
const ceilings: Readonly<Record<string, Cost>> = {
  4000: nothing,
  4020: nothing,
  4010: admission,
  4011: admission,
  4012: admission,
  4060: [1, 1, 0],
  4110: [1, 1, 0],
  4210: [1, 1, 0],
  // What the write would break is known only when it is tried.
  4130: [2, 2, 0],
  4140: [2, 2, 0],
  4150: [2, 2, 0],
  4230: [2, 2, 0],
  // The passed password was hashed at the same time.
  4234: [2, 2, 1],
  4610: [2, 2, 1],
  4231: [1, 1, 1],
  4620: [1, 1, 1],
  4630: [1, 1, 1],
  4131: [2, 1, 0],
  4135: [1, 1, 0],
  4160: [1, 1, 0],
  4161: [1, 1, 0],
  4232: [1, 1, 0],
  4233: [1, 1, 0],
  4241: [1, 1, 0],
  4251: [1, 1, 0],
  4252: [1, 1, 0],
  4640: [1, 1, 0],

  tooLarge: nothing,
  notJson: nothing,
  unauthorized: [2, 1, 0],
  invalid: [1, 1, 0],
  notFound: [2, 1, 0],
  // With the request that has used the key before.
  keyReused: [6, 6, 0],

  kRequestTooLarge: nothing,
  kInvalidArgument: [3, 2, 0],
  kAccessDenied: [4, 2, 0],
  kNotLoggedIn: [3, 2, 0],
  kSessionExpired: [4, 2, 0],
  kCSRFTokenMismatch: [5, 2, 0],
  kIllegalExpansion: [3, 2, 0],
  kMediaNotReady: [2, 2, 0],
  kNotFound: [6, 3, 0],
  kNoCredentialsSupplied: [5, 2, 0],
  kSelfRegistrationDisabled: [4, 2, 0],
  kTokenExpired: [5, 2, 0],
  kExists: [6, 3, 1],
  kValidationError: [7, 4, 1],
  // Somebody guesses: each guess is reserved, judged by a hash and noted.
  kInvalidCredentials: [7, 4, 1],
  kAccountLocked: [7, 4, 1],
  kUnverifiedLocation: [7, 4, 1],
  kCallbackFormat: [7, 4, 1],
  kCallbackNotFound: [8, 5, 1],
  // Not a refusal only: a code is made and sent.
  kNewLocation: [10, 7, 1],

  // The table does not answer.
  unforeseen: admission,
  busy: admission,
  throttled: admission,
};

const costOf = ({ requests, hashes }: Observed<Response>): Cost => [requests.length, roundTrips(requests), hashes];

/** The most that refusals with each code have cost so far. */
const most = new Map<string, Cost>();
/** The most that each operation's successes have cost so far. */
const successes = new Map<string, Cost>();

const greater = (one: Cost, [requests, trips, hashes]: Cost = nothing): Cost => [
  Math.max(one[0], requests),
  Math.max(one[1], trips),
  Math.max(one[2], hashes),
];

/** Notes what a success of an operation has cost. */
export const noteSuccess = (id: string, observed: Observed<Response>): void =>
  void successes.set(id, greater(costOf(observed), successes.get(id)));

/** Refusals that may cost more than a success of the same operation: with two requests, or with something to send. */
const mayCostMore = ["keyReused", "kNewLocation"];

/** Asserts that a refusal stays below its ceiling, and below what the operation's successes so far have cost. */
export function expectCheap(id: string, code: string, observed: Observed<Response>): void {
  const cost = costOf(observed);
  most.set(code, greater(cost, most.get(code)));
  const text = (ceiling: Cost | undefined) => `${id} ${code} costs ${cost}, and may cost ${ceiling}`;
  const isBelow = (ceiling: Cost | undefined) =>
    ceiling && cost.every((count, place) => count <= Number(ceiling[place]));
  expect(isBelow(ceilings[code]), text(ceilings[code])).toBe(true);
  const success = successes.get(id);
  if (success && !mayCostMore.includes(code)) expect(isBelow(success), text(success)).toBe(true);
}

/** Asserts that no ceiling is higher than it has to be. */
export const expectTightCeilings = (): void => expect(Object.fromEntries(most)).toEqual(ceilings);
