import { AsyncLocalStorage } from "node:async_hooks";

const counts = new AsyncLocalStorage<{ roundTrips: number }>();

/** Starts to count how often this call waits for the table. Calls that run at the same time are counted separately. */
export const countRoundTrips = (): void => counts.enterWith({ roundTrips: 0 });

/** How often this call has waited for the table: requests that overlap in time are one round trip. */
export const roundTrips = (): number => counts.getStore()?.roundTrips ?? 0;

/** Middleware around each try of a request to the table, which counts it. */
export const counted =
  <Args, Answer>(next: (args: Args) => Promise<Answer>) =>
  async (args: Args): Promise<Answer> => {
    const count = counts.getStore();
    const before = count?.roundTrips;
    try {
      return await next(args);
    } finally {
      // If another request ended since this one began, both are the same round trip.
      if (count && count.roundTrips === before) count.roundTrips += 1;
    }
  };
