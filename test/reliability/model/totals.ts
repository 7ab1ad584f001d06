import type { Counts } from "../../kit/proof.ts";
import { faultNames } from "./faults.ts";
import type { Done } from "./run.ts";

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** What all runs did together. */
export class Totals {
  readonly calls = new Map<string, number>();
  /** Which operations and workers have succeeded. */
  readonly succeeded = new Set<string>();
  readonly faults = new Map<string, number>();
  readonly #answers = { success: 0, refused: 0, "too busy": 0 };
  readonly #stream = { "stale stream": 0, "repeated stream": 0 };
  /** How many runs held everything. */
  runs = 0;
  #givenUp = 0;
  #events = 0;
  #messages = 0;
  #violations = 0;

  /** Counts a run that was broken off by a violation. @throws the violation */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (violation) {
      this.#violations += 1;
      throw violation;
    }
  }

  /** Adds a run that held everything, or one that was given up. */
  add(done: Done | undefined): void {
    if (!done) {
      this.#givenUp += 1;
      return;
    }
    const { ledger, faults, stream, events, messages } = done;
    this.runs += 1;
    this.#events += events;
    this.#messages += messages;
    for (const [id, calls] of ledger.calls) this.calls.set(id, (this.calls.get(id) ?? 0) + calls);
    for (const id of ledger.successes.keys()) this.succeeded.add(id);
    for (const [name, count] of faults) this.faults.set(name, (this.faults.get(name) ?? 0) + count);
    for (const name of ["success", "refused", "too busy"] as const) this.#answers[name] += ledger.answers[name];
    for (const name of ["stale stream", "repeated stream"] as const) this.#stream[name] += stream[name];
  }

  /** The table that `npm run prove` prints. */
  counts(): Counts {
    const named = (kind: string, counts: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${kind}: ${name}`, count]));
    const faults = Object.fromEntries(faultNames.map((name) => [name, this.faults.get(name) ?? 0]));
    return {
      runs: this.runs,
      "runs given up": this.#givenUp,
      calls: sum(this.calls.values()),
      "operations and workers that succeeded": this.succeeded.size,
      ...named("answers", this.#answers),
      ...named("faults", { ...faults, ...this.#stream }),
      "events compared": this.#events,
      "messages sent": this.#messages,
      violations: this.#violations,
    };
  }
}
