import { documents } from "../lib/table/client.ts";
import { roundTrips, watchTable } from "../test/kit/system.ts";

/** What a call uses. */
export interface Use {
  /** How often the call waits for the table. */
  readonly roundTrips: number;
  /** Capacity units of the table and its index, as the engine counts them. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** CPU time, which other work on the machine does not change. */
  readonly cpuMs: number;
}

interface Consumed {
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number } | readonly { readonly CapacityUnits?: number }[];
}

/**
 * Makes a call and measures it. Nothing else may run in this process meanwhile.
 * @throws Error when the engine does not state the capacity of a request
 */
export async function measureUse(call: () => Promise<unknown>): Promise<Use> {
  const units = { read: 0, write: 0 };
  documents.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
        const result = await next(args);
        const { ConsumedCapacity } = result.output as Consumed;
        const consumed = [ConsumedCapacity ?? []].flat();
        if (consumed.length === 0) throw new Error(`the answer to ${commandName} states no capacity`);
        const kind = /^(BatchGetItem|Query)Command$/.test(commandName) ? "read" : "write";
        for (const { CapacityUnits = 0 } of consumed) units[kind] += CapacityUnits;
        return result;
      },
    { step: "initialize", name: "units" },
  );
  try {
    const before = process.cpuUsage();
    const { requests } = await watchTable(call);
    const { user, system } = process.cpuUsage(before);
    return {
      roundTrips: roundTrips(requests),
      readUnits: units.read,
      writeUnits: units.write,
      cpuMs: (user + system) / 1000,
    };
  } finally {
    documents.middlewareStack.remove("units");
  }
}
