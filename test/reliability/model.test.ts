import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { amount, isLong, proofTimeout, report, seed } from "../kit/proof.ts";
import { allOperations } from "../kit/system.ts";
import { commandLists } from "./model/command.ts";
import { definitions } from "./model/definitions.ts";
import { faultNames } from "./model/faults.ts";
import { runClients } from "./model/run.ts";
import { Totals } from "./model/totals.ts";
import { stopOutside, workerNames } from "./model/workers.ts";

/**
 * Many clients do everything that the directory can do, at the same time, while the table fails now and then. Each has a
 * model of what there has to be, and holds every answer against it. Then all is read back, and compared.
 */

const totals = new Totals();
afterAll(async () => {
  report(totals.counts());
  await stopOutside();
});

it("every operation of the registry and every worker is among the commands", () => {
  const known = [...allOperations.map(({ id }) => id), ...workerNames];
  expect([...new Set(definitions.map(({ id }) => id))].sort()).toEqual(known.sort());
});

const clients = amount(4, 8);
const lengthMax = amount(70, 110);
const begun = performance.now();
/** How long a long proof begins new runs. */
const longMs = 300_000;
/** How long a violation is shrunk to fewer commands: each try takes as long as a run. */
const shrinkMs = amount(20_000, 120_000);
/** On a machine with much else to do, the small proof takes ten times as long. */
const timeout = amount(5 * 60_000, proofTimeout.timeout);

const property = fc.asyncProperty(
  fc.nat(),
  fc.tuple(...Array.from({ length: clients }, () => commandLists(definitions, lengthMax))),
  async (faultSeed, lists) => totals.add(await runClients({ faultSeed, lists, houses: 2 })),
);

describe("clients at the same time, while the table fails now and then", () => {
  it("find everything that was acknowledged, nothing of what was refused, and only documented answers", {
    timeout,
  }, async () => {
    for (let run = 0; totals.runs === 0 || (isLong && performance.now() - begun < longMs); run++) {
      const options = { seed: seed + run, numRuns: 1, unbiased: true, skipAllAfterTimeLimit: shrinkMs };
      await totals.guard(fc.assert(property, options));
    }
    // Much has happened in a long proof: every kind of fault, and a success of every operation and worker.
    if (!isLong) return;
    expect(faultNames.filter((name) => !totals.faults.has(name))).toEqual([]);
    const failing = ["Unmatched"];
    expect(definitions.map(({ id }) => id).filter((id) => !totals.succeeded.has(id) && !failing.includes(id))).toEqual(
      [],
    );
  });
});
