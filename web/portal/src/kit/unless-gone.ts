import { isFailure } from "../../../../client/src/client.ts";

/** Takes what does not exist any more as removed. For `catch` after a call that removes something. */
export function unlessGone(error: unknown): void {
  if (!isFailure(error) || error.code !== "kNotFound") throw error;
}
