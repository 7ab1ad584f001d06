import { isFailure } from "../../../client/src/client.ts";
import { call } from "./portal.ts";
import { noteSignedOut } from "./session.ts";

/** What the portal answers when there is no session, or no portal, any more. */
const over = ["kNotLoggedIn", "kSessionExpired", "kAccessDenied", "kNotFound"];

/**
 * Ends the session. Where it is over already, this page forgets it all the same.
 * @param state `out` to come back to the same page after signing in again
 * @throws FrontdeskError when the portal could not be told. The session goes on, so the page must not look as if it had ended:
 * the next person at this computer would be in it.
 */
export async function signOut(state?: "left" | "out"): Promise<void> {
  try {
    await call((portal) => portal.accountLogout());
  } catch (error) {
    if (!isFailure(error) || !over.includes(`${error.code}`)) throw error;
  }
  noteSignedOut(state);
}
