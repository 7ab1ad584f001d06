import {
  createPortal,
  isFailure,
  type Portal,
  type PortalGetAnswer,
  type PortalOptions,
} from "../../../client/src/client.ts";
import { org } from "./place.ts";
import { holderId, noteEnded } from "./session.ts";
import { makeStore } from "./store.ts";

/** The portal as `GET /{org}/v2/` describes it, and the client with which its accounts are reached. */
export interface Connected {
  readonly info: PortalGetAnswer;
  readonly client: Portal;
}

/** What is known of the portal. */
export interface Known {
  /** Absent until the portal has answered. */
  readonly info?: PortalGetAnswer;
  /** Whether there is no such portal, or it is closed. */
  readonly isGone: boolean;
}

const known = makeStore<Known>({ isGone: false });

/** What is known of the portal, for a component. */
export const usePortal = (): Known => known.use();

let connected: Promise<Connected> | undefined;

/**
 * Returns the portal and its client. The portal is asked for once; after a failure it is asked for again.
 * @throws FrontdeskError `kNotFound` when there is no such portal, or it is closed
 */
export function connect(): Promise<Connected> {
  connected ??= load().catch((error: unknown) => {
    connected = undefined;
    if (isFailure(error) && error.code === "kNotFound") known.set({ isGone: true });
    throw error;
  });
  return connected;
}

async function load(): Promise<Connected> {
  const url = location.origin;
  // Only this call needs no client key: its answer has the key for all others.
  const info = await createPortal({ url, org, clientKey: "" }).portalGet();
  const { clientKey = "" } = info;
  known.set({ info, isGone: false });
  return { info, client: createPortal({ url, org, clientKey, fetch: watched({ url, org, clientKey }) }) };
}

/**
 * Makes a call of the portal. A call that is refused may tell that the session has ended.
 * @throws FrontdeskError
 */
export async function call<Answer>(use: (client: Portal) => Promise<Answer>): Promise<Answer> {
  const { client } = await connect();
  try {
    return await use(client);
  } catch (error) {
    if (isFailure(error) && ["kNotLoggedIn", "kSessionExpired"].includes(`${error.code}`)) noteEnded();
    throw error;
  }
}

/** How far the server's clock is ahead of this one, in milliseconds. */
let aheadMs = 0;

/** The CSRF token of the last answer. Each session has its own. */
let knownToken: string | null = null;

/** Returns a `fetch` that reads the server's clock, and notices when the session has become that of somebody else. */
const watched =
  (options: PortalOptions): typeof fetch =>
  async (...request) => {
    const response = await fetch(...request);
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) aheadMs = date - Date.now();
    const token = response.headers.get("medable-csrf-token");
    if (token && token !== knownToken) {
      await leaveToOthers(options);
      knownToken = token;
    }
    return response;
  };

/**
 * Somebody else may have signed in elsewhere in this browser. Without this, the client would go on with their session, and
 * send under it what the first person has typed. So the page is loaded again, and the call never ends.
 */
async function leaveToOthers(options: PortalOptions): Promise<void> {
  const holder = holderId();
  if (holder === undefined) return;
  const { account } = await createPortal(options).accountStatus();
  if (account === undefined || account._id === holder) return;
  location.reload();
  await new Promise(() => {});
}

/** The time by the server's clock, to about a second. The clock of a reader's computer may be wrong. */
export const serverNow = (): number => Date.now() + aheadMs;
