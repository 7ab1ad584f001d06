import type { RequestOptions, Response } from "../../kit/system.ts";

/** Takes the time of a request when it reaches its handler. It is passed to `send` as `event`. */
export type Timing = NonNullable<RequestOptions["event"]>;

/** Sends one request. */
export type Send = (timing: Timing) => Promise<Response>;

/** Two requests of a stranger whose answers must look alike: about something that exists, and about something that does not. */
export interface Pair {
  /** What a stranger would learn from a difference. */
  readonly title: string;
  /** The operation that is called. */
  readonly id: string;
  /** Whether the call hashes a password, so that it takes long. */
  readonly hashes: boolean;
  /** Prepares the next two requests, without sending them. */
  readonly next: () => Promise<readonly [exists: Send, never: Send]>;
}

/** A pair whose requests can be sent any number of times. */
export const steady = (title: string, id: string, exists: Send, never: Send): Pair => ({
  title,
  id,
  hashes: false,
  next: async () => [exists, never],
});
