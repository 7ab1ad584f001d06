import { isFailure } from "../../../../../client/src/client.ts";

/** Why a mailed link does nothing: it was used, replaced or withdrawn; it is too old; or only a part of it is there. */
export type LinkEnd = "used" | "expired" | "incomplete";

/**
 * Waits for a call that uses a mailed token.
 * @returns why the link does nothing any more; `undefined` when the call succeeded
 * @throws FrontdeskError for any other failure
 */
export async function endOfLink(calling: Promise<unknown>): Promise<LinkEnd | undefined> {
  try {
    await calling;
    return undefined;
  } catch (error) {
    if (isFailure(error) && error.code === "kNotFound") return "used";
    if (isFailure(error) && error.code === "kTokenExpired") return "expired";
    throw error;
  }
}
