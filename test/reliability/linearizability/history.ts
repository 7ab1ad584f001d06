import { outcomeOf } from "../../accounts-security/attack.ts";
import type { Response } from "../../kit/system.ts";
import { type Call, explain, type Meaning } from "./checker.ts";

/** An operation of a client: what it means, and how it is sent. */
export interface Operation<State> extends Meaning<State> {
  send(): Promise<Response>;
  /** Puts an answer into the words of the model. Default: `told`. */
  readonly told?: (response: Response) => string;
}

/** Clients that work on one key at the same time, each with one call after the other. */
export interface Workload<State> {
  /** What the key is, and what is tried. */
  readonly title: string;
  readonly initial: State;
  readonly clients: readonly (readonly Operation<State>[])[];
}

/** A workload of any kind of state. */
// biome-ignore lint/suspicious/noExplicitAny: each kind has a state of its own
export type AnyWorkload = Workload<any>;

/** What was sent and answered for one key. */
export interface History {
  readonly title: string;
  readonly calls: number;
  /** Answers 503 and 500, which do not say whether the call was carried out. */
  readonly indefinite: number;
  /** All calls in words, if no order explains the answers. */
  readonly violation: string | undefined;
}

/** The outcome of an answer in a word: the code of `/api/io`, the fault of a portal, the status of `/therapist`, or `ok`. */
export function told(response: Response): string {
  const { json, status } = response;
  if (typeof json?.responseCode === "number") return json.responseCode === 2000 ? "ok" : String(json.responseCode);
  if (json?.object === "fault") return outcomeOf(response);
  return status < 300 ? "ok" : String(status);
}

/** The order of all beginnings and ends in this process. */
let clock = 0;

/** Runs the clients of a workload at once. @returns all calls, and whether an order explains them */
export async function record<State>({ title, initial, clients }: Workload<State>): Promise<History> {
  const calls: Call<State>[] = [];
  const run = async (operations: readonly Operation<State>[], client: number) => {
    for (const operation of operations) {
      const begun = clock++;
      const response = await operation.send();
      const answer = response.status >= 500 ? undefined : (operation.told ?? told)(response);
      // After 503 nothing is written any more. 500 says nothing about what was written, or will be.
      const ended = response.status === 500 ? Number.POSITIVE_INFINITY : clock++;
      const { may, what } = operation;
      calls.push({ what: `client ${client}: ${what}`, may, begun, ended, answer });
    }
  };
  await Promise.all(clients.map(run));
  const isExplained = explain(initial, calls) !== undefined;
  return {
    title,
    calls: calls.length,
    indefinite: calls.filter(({ answer }) => answer === undefined).length,
    violation: isExplained ? undefined : inWords(title, calls),
  };
}

const inWords = <State>(title: string, calls: readonly Call<State>[]) =>
  [
    `No order of these calls explains their answers (${title}); before each call: its beginning and its end.`,
    ...calls
      .toSorted((one, other) => one.begun - other.begun)
      .map(({ begun, ended, what, answer = "503 or 500" }) => `${begun}-${ended} ${what} -> ${answer}`),
  ].join("\n");
