import type { Answer } from "./ask.ts";

/** What a read of a record shows, as text; `undefined` when there is no such record. */
export type Shown = string | undefined;

/** A record that one client alone writes, call after call. So it is known what a read may show. */
export class Kept {
  /** For messages about it. */
  readonly name: string;
  #possible: readonly Shown[];

  /** @param first what a read shows before the first call */
  constructor(name: string, first: Shown = undefined) {
    this.name = name;
    this.#possible = [first];
  }

  /** What a read may show: more than one thing after a call without an answer. */
  get possible(): readonly Shown[] {
    return this.#possible;
  }

  /** Notes a call that is about to be sent. @returns what to call with its answer; `undefined` means that none came */
  begin(after: Shown): (answer: Answer | undefined) => void {
    const before = this.#possible;
    this.#possible = [...before, after];
    return (answer) => {
      if (answer?.outcome === "done") this.#possible = [after];
      if (answer?.outcome === "refused") this.#possible = before;
    };
  }

  /** Notes what a read has shown. @returns what is wrong with it, if anything */
  look(shown: Shown): string | undefined {
    const possible = this.#possible;
    this.#possible = [shown];
    return possible.includes(shown) ? undefined : `${this.name} is ${shown}, and not ${possible.join(" or ")}`;
  }
}

/** What clients know about calls that were answered, until the next check. */
export interface Ledger {
  calls: number;
  acknowledged: number;
  /** Calls whose connection broke. */
  unanswered: number;
  /** Request ids of all answers: each has its line in the access log. */
  readonly answered: string[];
  /** Changes that were acknowledged, and refused calls: request id and practice. */
  readonly changes: { readonly requestId: string; readonly accountId: string; readonly what: string }[];
  readonly refusals: { readonly requestId: string; readonly accountId: string; readonly what: string }[];
  /** Addresses to which acknowledged calls have queued a mail. */
  readonly mailed: { readonly to: string; readonly kind: string }[];
  /** E-mail addresses and ids of accounts whose erasure was acknowledged. */
  readonly erased: string[];
}

/** An empty ledger. */
export const newLedger = (): Ledger => ({
  calls: 0,
  acknowledged: 0,
  unanswered: 0,
  answered: [],
  changes: [],
  refusals: [],
  mailed: [],
  erased: [],
});
