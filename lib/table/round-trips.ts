import { AsyncLocalStorage } from "node:async_hooks";

const counts = new AsyncLocalStorage<{ roundTrips: number }>();

/** From here on, counts how often this call waits for the table: this call alone, whatever else is in flight. */
export const countRoundTrips = (): void => counts.enterWith({ roundTrips: 0 });

/** How often this call has waited for the table: requests that overlap in time are one round trip. */
export const roundTrips = (): number => counts.getStore()?.roundTrips ?? 0;

/** Middleware of the table's client, where every try of a request passes. */
export const counted =
  <Args, Answer>(next: (args: Args) => Promise<Answer>) =>
  async (args: Args): Promise<Answer> => {
    const count = counts.getStore();
    const before = count?.roundTrips;
    try {
      return await next(args);
    } finally {
      // Another that ended since this one began is a round trip that this one was part of.
      if (count && count.roundTrips === before) count.roundTrips += 1;
    }
  };
