import { documents } from "../lib/table/client.ts";
import { roundTrips, watchTable } from "../test/kit/system.ts";

/** What a call takes. */
export interface Use {
  /** How often it waits for the table. */
  readonly roundTrips: number;
  /** Capacity of the table and its index, as the engine counts it. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Time on a core, whatever else the machine does meanwhile. */
  readonly cpuMs: number;
}

interface Consumed {
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number } | readonly { readonly CapacityUnits?: number }[];
}

/** Makes a call, while nothing else is done in this process. @throws Error when a request is answered no capacity */
export async function measureUse(call: () => Promise<unknown>): Promise<Use> {
  const units = { read: 0, write: 0 };
  documents.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
        const result = await next(args);
        const { ConsumedCapacity } = result.output as Consumed;
        const consumed = [ConsumedCapacity ?? []].flat();
        if (consumed.length === 0) throw new Error(`${commandName} tells no capacity`);
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
