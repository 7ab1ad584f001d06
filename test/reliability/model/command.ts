import fc from "fast-check";
import type { OperationId } from "../../../lib/operations.ts";
import type { Lane, Model } from "./lane.ts";
import type { workerNames } from "./workers.ts";

/** Three numbers that decide what exactly a command does. */
export type Picks = readonly [number, number, number];

/** What a client can do. */
export interface Definition {
  /** The operation or the worker that it calls. */
  readonly id: OperationId | (typeof workerNames)[number];
  /** How often it is chosen, in comparison with others. Default 1. */
  readonly weight?: number;
  /** Whether the model has what it needs. Default: always. */
  readonly isPossible?: (model: Model) => boolean;
  /** Does it. @throws Violation */
  readonly run: (lane: Lane, picks: Picks) => Promise<unknown>;
}

/** A function may run for 15 seconds. With less it has half a second to try again, so that faults refuse its call. */
const shortMs = 7500;

/** A command of fast-check: a definition with the numbers that decide what exactly it does. */
class ModelCommand implements fc.AsyncCommand<Model, Lane> {
  readonly definition: Definition;
  readonly picks: Picks;
  /** Decides whether the call has little time, and whether the table has an outage meanwhile. */
  readonly haste: number;

  constructor(definition: Definition, picks: Picks, haste: number) {
    this.definition = definition;
    this.picks = picks;
    this.haste = haste;
  }

  check(model: Model): boolean {
    return this.definition.isPossible?.(model) ?? true;
  }

  async run(_: Model, lane: Lane): Promise<void> {
    lane.options = this.haste % 10 === 1 ? { remainingMs: shortMs } : {};
    if (this.haste % 40 === 1) lane.house.weather.beginOutage();
    await this.definition.run(lane, this.picks);
  }

  toString(): string {
    return `${this.definition.id}(${this.picks.join()}${this.haste % 40 === 1 ? ", in an outage" : ""})`;
  }
}

const number = fc.nat({ max: 999 });

/** Lists of commands, of any of the definitions. @param lengthMax of a list */
export function commandLists(definitions: readonly Definition[], lengthMax: number): fc.Arbitrary<ModelCommand[]> {
  const weighted = definitions.flatMap((definition) =>
    Array.from({ length: definition.weight ?? 1 }, () => definition),
  );
  const command = fc
    .tuple(fc.constantFrom(...weighted), fc.tuple(number, number, number), number)
    .map(([definition, picks, haste]) => new ModelCommand(definition, picks, haste));
  return fc.array(command, { maxLength: lengthMax, size: "max" });
}

/** A command that does the same each time, with enough time. */
export const steadyCommand = (definition: Definition, picks: Picks = [0, 0, 0]): fc.AsyncCommand<Model, Lane> =>
  new ModelCommand(definition, picks, 0);
