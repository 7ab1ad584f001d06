import type { Account } from "../../../client/src/client.ts";
import { roleIds } from "./roles.ts";
import { makeStore } from "./store.ts";

/**
 * Who is signed in, as far as this page knows. `unknown` until the portal was asked; `left` after signing out; `ended` when
 * the session ended in another way, so that the page can say so.
 */
export type Session =
  | { readonly state: "unknown" | "out" | "left" | "ended" }
  | { readonly state: "in"; readonly account: Account };

const session = makeStore<Session>({ state: "unknown" });

/** Tells the portal's other tabs in this browser who has signed in: the account's id, or nothing when somebody has left. */
const tabs = new BroadcastChannel(`frontdesk ${document.documentElement.dataset.org}`);
tabs.onmessage = ({ data: signedIn }: MessageEvent<string | undefined>) => {
  if (signedIn === undefined) {
    if (session.get().state === "in") session.set({ state: "left" });
    // A page of the same person goes on, with what is typed in it.
  } else if (session.get().state !== "unknown" && signedIn !== holderId()) location.reload();
};

/** Notes that the session is over: it timed out, or was ended from elsewhere. */
export function noteEnded(): void {
  if (session.get().state === "in") session.set({ state: "ended" });
  else if (session.get().state === "unknown") session.set({ state: "out" });
}

/** Notes what `accounts/status` said, without telling other tabs. */
export const noteStatus = (account: Account | undefined): void =>
  session.set(account ? { state: "in", account } : { state: "out" });

/** Notes that somebody has signed in. Other tabs that do not show this person load again. */
export function noteSignedIn(account: Account): void {
  session.set({ state: "in", account });
  tabs.postMessage(account._id);
}

/** Notes what the holder's own account is now, after a change. */
export function noteAccount(account: Account): void {
  if (session.get().state === "in") session.set({ state: "in", account });
}

/**
 * Notes that the holder has signed out or deleted the account. Other tabs are told.
 * @param state `out` when the holder only signs in again and goes on with the same page
 */
export function noteSignedOut(state: "left" | "out" = "left"): void {
  session.set({ state });
  tabs.postMessage(undefined);
}

/** Who is signed in. A component that uses this is shown again when it changes. */
export const useSession = (): Session => session.use();

/** The id of the account that this page shows as signed in. */
export function holderId(): string | undefined {
  const now = session.get();
  return now.state === "in" ? now.account._id : undefined;
}

/** Whether an account's holder administers the portal. */
export const isAdministrator = ({ roles = [] }: Account): boolean => roles.includes(roleIds.administrator);
