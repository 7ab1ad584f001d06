import { getHeapStatistics } from "node:v8";
import { documents } from "../lib/table/client.ts";
import { noted, roundTrips, type TableRequest } from "../test/kit/system.ts";
import type { Call } from "./typical-calls.ts";

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

/** What a call uses, and how it went. */
export interface MeasuredUse extends Use {
  readonly elapsedMs: number;
  /**
   * How much the heap of JavaScript has grown. It is what the call allocates, except for one call in many, during which the
   * garbage collector runs: medians leave it out.
   */
  readonly allocatedBytes: number;
  readonly requests: readonly TableRequest[];
}

interface Consumed {
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number } | readonly { readonly CapacityUnits?: number }[];
}

/** What the call that is measured now has asked of the table. */
interface Asked {
  readonly requests: Promise<TableRequest>[];
  readonly units: { read: number; write: number };
}

let asked: Asked | undefined;
let isWatching = false;

/**
 * Adds middleware that notes what the present call asks of the table. It stays: the table's client builds its chains again
 * whenever middleware is added or removed, and a measured call would then do this too.
 */
function watchAlways(): void {
  if (isWatching) return;
  isWatching = true;
  documents.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        if (!asked) return next(args);
        const { requests, units } = asked;
        Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
        const result = await noted(requests, commandName, args.input, () => next(args));
        const { ConsumedCapacity } = result.output as Consumed;
        const consumed = [ConsumedCapacity ?? []].flat();
        if (consumed.length === 0) throw new Error(`the answer to ${commandName} states no capacity`);
        const kind = /^(BatchGetItem|Query)Command$/.test(commandName) ? "read" : "write";
        for (const { CapacityUnits = 0 } of consumed) units[kind] += CapacityUnits;
        return result;
      },
    { step: "initialize", name: "use" },
  );
}

/**
 * Makes a call and measures it. Nothing else may run in this process meanwhile.
 * @throws Error when the engine does not state the capacity of a request
 */
export async function measureUse(call: Call): Promise<MeasuredUse> {
  watchAlways();
  const now: Asked = { requests: [], units: { read: 0, write: 0 } };
  asked = now;
  try {
    const taken = await clocked(call);
    const requests = await Promise.all(now.requests);
    return {
      ...taken,
      requests,
      roundTrips: roundTrips(requests),
      readUnits: now.units.read,
      writeUnits: now.units.write,
    };
  } finally {
    asked = undefined;
  }
}

/** Makes a call, and says what the process has taken meanwhile. */
export async function clocked(call: Call) {
  const read = () => ({
    heapBytes: getHeapStatistics().used_heap_size,
    begun: performance.now(),
    cpu: process.cpuUsage(),
  });
  let { heapBytes, begun, cpu } = read();
  await call(() => {
    ({ heapBytes, begun, cpu } = read());
  });
  const { user, system } = process.cpuUsage(cpu);
  const elapsedMs = performance.now() - begun;
  return {
    cpuMs: (user + system) / 1000,
    elapsedMs,
    allocatedBytes: getHeapStatistics().used_heap_size - heapBytes,
  };
}
