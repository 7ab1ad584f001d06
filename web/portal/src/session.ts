import { useSyncExternalStore } from "react";
import type { Account } from "../../../client/src/client.ts";

/**
 * Who is signed in, as far as this page knows. `unknown` until the portal was asked; `left` after signing out; `ended` when
 * the session ended in another way, so that the page can say so.
 */
export type Session =
  | { readonly state: "unknown" | "out" | "left" | "ended" }
  | { readonly state: "in"; readonly account: Account };

let session: Session = { state: "unknown" };
const listeners = new Set<() => void>();

/** Tells the portal's other tabs in this browser. */
const tabs = new BroadcastChannel(`frontdesk ${document.documentElement.dataset.org}`);
tabs.onmessage = ({ data }: MessageEvent<"in" | "out">) => {
  // Somebody else may have signed in there, or this person may have left.
  if (data === "out" && session.state === "in") change({ state: "left" });
  else if (data === "in" && session.state !== "unknown") location.reload();
};

function change(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

/** Notes that the session is over: it timed out, or was ended from elsewhere. */
export function noteEnded(): void {
  if (session.state === "in") change({ state: "ended" });
  else if (session.state === "unknown") change({ state: "out" });
}

/** Notes what `accounts/status` said, without telling other tabs. */
export const noteStatus = (account: Account | undefined): void =>
  change(account ? { state: "in", account } : { state: "out" });

/** Notes that somebody has signed in. Other tabs load again, because they may have shown somebody else. */
export function noteSignedIn(account: Account): void {
  change({ state: "in", account });
  tabs.postMessage("in");
}

/** Notes what the holder's own account is now, after a change. */
export function noteAccount(account: Account): void {
  if (session.state === "in") change({ state: "in", account });
}

/**
 * Notes that the holder has signed out or deleted the account. Other tabs are told.
 * @param state `out` when the holder only signs in again and goes on with the same page
 */
export function noteSignedOut(state: "left" | "out" = "left"): void {
  change({ state });
  tabs.postMessage("out");
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Who is signed in. A component that uses this is shown again when it changes. */
export const useSession = (): Session => useSyncExternalStore(subscribe, () => session);

/** The id of the account that this page shows as signed in. */
export const holderId = (): string | undefined => (session.state === "in" ? session.account._id : undefined);

/** The id of the role of administrators. */
const administrator = "000000000000000000000004";

/** Whether an account's holder administers the portal. */
export const isAdministrator = ({ roles = [] }: Account): boolean => roles.includes(administrator);
