import type { MiddlewareObj } from "@middy/core";
import { accountFrom, favoritesFrom } from "../accounts/account/account.ts";
import { isAdministrator, isProvider } from "../accounts/account/properties.ts";
import type { Portal } from "../accounts/portal.ts";
import { csrfHeader, csrfMatches, csrfToken } from "../accounts/session/csrf.ts";
import { cookiesOf, isUseToBeNoted, sessionState } from "../accounts/session/session.ts";
import { Failure } from "../errors.ts";
import type { PortalTier } from "../operations.ts";
import { portalSettingsOf, sessionIdleMinutesMin } from "../portal-settings.ts";
import { labelShape } from "../practices/ids.ts";
import { admitsVendor, isClientKey } from "../practices/vendor.ts";
import { waitForAll } from "../table/deadline.ts";
import {
  clientKeyKey,
  favoritesKey,
  portalAccountKey,
  portalSettingsKey,
  practiceKey,
  sessionKey,
  vendorKey,
  webAddressKey,
} from "../table/keys.ts";
import { type Found, type Keys, readTogether } from "../table/read.ts";
import type { PortalAccountId, PracticeId } from "../table/records.ts";
import { touch } from "../table/touch.ts";
import { checkUnchanged } from "../table/transact.ts";
import type { Answer, Call, CallEvent, PortalCaller, Viewer } from "./call.ts";
import { inHeaders, textOf } from "./credentials.ts";

/** What is known of a request when its portal is, and nothing is proven yet. */
export interface PortalScope<First extends Keys = Keys> extends PracticeId {
  /** Id of the session's account; `""` when there is none. */
  readonly holderId: string;
  readonly path: Readonly<Record<string, string>>;
  readonly input: Readonly<Record<string, unknown>>;
  /** The items of `readsFirst`. */
  readonly found: Found<First>;
}

/** What a function reads in the two round trips that admit its caller. */
export interface PortalReads<First extends Keys = Keys> {
  /** With the portal's name, the client key and the session. */
  readonly readsFirst: ((path: PortalScope["path"], input: PortalScope["input"]) => First) | undefined;
  /** With the practice and the caller's account. */
  readonly reads: ((scope: PortalScope<First>) => Keys) | undefined;
}

/** The keys that a request names: the portal, the vendor and the session. */
const namedKeys = ({ org, clientKey, sessionId }: Stated) => ({
  claim: webAddressKey(org),
  clientKey: isClientKey(clientKey) ? clientKeyKey(clientKey) : undefined,
  session: sessionId === undefined ? undefined : sessionKey(sessionId),
});

/** The keys that those lead to. @param holder the session's account, if there is a session */
const portalKeys = (practice: PracticeId, holder: PortalAccountId | undefined) => ({
  vendor: vendorKey(practice.applicationId),
  practice: practiceKey(practice),
  settings: portalSettingsKey(practice),
  holder: holder && portalAccountKey(holder),
  favorites: holder && favoritesKey(holder),
});

type Records = Found<ReturnType<typeof namedKeys> & ReturnType<typeof portalKeys>>;

/**
 * Admits the caller of a portal. Two round trips: what the request names (portal, client key, session), then what that
 * leads to (practice, settings, account). An unknown portal, an inactive practice, a missing or foreign client key and
 * wrong application credentials are one answer after the same work.
 */
export function checkPortal<First extends Keys>(
  tier: PortalTier,
  own: PortalReads<First>,
): MiddlewareObj<CallEvent, Answer> {
  return {
    async before({ event }) {
      const { call } = event;
      // Also for an unknown portal, so that it cannot be told from one whose caller is refused.
      call.reply.headers.vary = "Origin";
      const now = call.context.now.getTime();
      const stated = statedBy(event, tier);
      const { path, sessionId } = stated;

      const firstOwn = own.readsFirst?.(path, call.input) ?? ({} as First);
      const [foundFirst, named] = await readTogether(firstOwn, namedKeys(stated));
      const practiceId = { applicationId: named.claim?.applicationId ?? "", accountId: named.claim?.accountId ?? "" };
      const { session } = named;
      const holder = session && { ...practiceId, id: session.holderId };
      const scope = { ...practiceId, holderId: session?.holderId ?? "", path, input: call.input, found: foundFirst };
      const secondOwn = own.reads?.(scope) ?? {};

      const noteUse = async () => {
        if (session && sessionId && isUseToBeNoted(session, now)) {
          await touch(sessionKey(sessionId), now, now - (session.idleMinutes + 1) * 60_000 + 1);
        }
      };
      // No portal's sessions end sooner than this: noting the use of one cannot revive it, and costs no round trip.
      const isFresh = session !== undefined && now - session.lastSeenAt < sessionIdleMinutesMin * 60_000;
      const [[found, records]] = await waitForAll([
        readTogether(secondOwn, portalKeys(practiceId, holder)),
        isFresh ? noteUse() : undefined,
      ]);

      const admit = (found: Call["found"], records: Records) => {
        call.found = found;
        call.portal = admitted(event, tier, stated, practiceId, records);
      };
      call.refresh = async () => {
        const keys = { ...namedKeys(stated), ...portalKeys(practiceId, holder) };
        admit(...(await readTogether({ ...firstOwn, ...secondOwn }, keys)));
      };
      admit({ ...foundFirst, ...found }, { ...named, ...records });
      if (!isFresh && call.portal?.viewer?.session) await noteUse();
    },
  };
}

/** What a request says of where it goes and who sends it. */
interface Stated {
  readonly path: Readonly<Record<string, string>>;
  /** `""` for what is no web address. */
  readonly org: string;
  readonly clientKey: string;
  readonly credentials: ReturnType<typeof inHeaders>;
  readonly byApplication: boolean;
  /** Where the operation looks at sessions, and application credentials do not take its place. */
  readonly sessionId: string | undefined;
  readonly fingerprint: string | undefined;
}

function statedBy(event: CallEvent, tier: PortalTier): Stated {
  const path = (event.pathParameters ?? {}) as Record<string, string>;
  const credentials = inHeaders(event);
  const byApplication = credentials.applicationId !== undefined || credentials.applicationPassword !== undefined;
  const { sessionId, fingerprint } = cookiesOf(event.cookies);
  return {
    path,
    org: labelShape.test(path.org ?? "") ? (path.org as string) : "",
    clientKey: event.headers["medable-client-key"] ?? "",
    credentials,
    byApplication,
    sessionId: tier === "portal" || byApplication ? undefined : sessionId,
    fingerprint,
  };
}

/** Who calls which portal, as the items say that were read. @throws Failure */
function admitted(
  event: CallEvent,
  tier: PortalTier,
  { org, clientKey, credentials, byApplication, sessionId, fingerprint }: Stated,
  { applicationId, accountId }: PracticeId,
  records: Records,
): PortalCaller {
  const { call } = event;
  const portal = openPortal(org, records);
  if (portal) allowOrigin(call, portal, event.headers.origin);
  const { vendor, session } = records;
  const byKey = records.clientKey?.applicationId === applicationId;
  const secretFits = admitsVendor(vendor, textOf(credentials.applicationPassword));
  const byCredentials =
    secretFits && credentials.applicationId === applicationId && credentials.accountId === accountId;
  if (!portal || vendor?.disabled !== false || !(byApplication ? byCredentials : byKey)) {
    throw new Failure("kAccessDenied", [], missingFrom(clientKey, byApplication, credentials.accountId));
  }

  const viewer = byApplication ? applicationViewer(applicationId) : sessionViewer(call, portal, sessionId, records);
  if (viewer?.sessionId) {
    const writes = !["GET", "HEAD"].includes(event.requestContext.http.method);
    if (writes) checkCsrf(viewer.sessionId, event.headers[csrfHeader]);
    call.reply.headers[csrfHeader] = csrfToken(viewer.sessionId);
  }
  if (tier === "session" && !viewer) {
    const timedOut = session && sessionState(session, portal, accountFrom(records.holder), call.context.now);
    throw new Failure(timedOut === "expired" ? "kSessionExpired" : "kNotLoggedIn");
  }
  return { portal, viewer, byApplication, fingerprint };
}

/** What a request leaves out that every call to a portal needs, as a sentence that says what to send. */
function missingFrom(clientKey: string, byApplication: boolean, accountId: unknown): string | undefined {
  if (byApplication) {
    return accountId === undefined ? "Application credentials name the practice in an X-Account-Id header" : undefined;
  }
  return clientKey === "" ? "Send the vendor's client key in a Medable-Client-Key header" : undefined;
}

/** @throws Failure kCSRFTokenMismatch */
function checkCsrf(sessionId: string, offered: string | undefined): void {
  if (csrfMatches(sessionId, offered)) return;
  const reason = offered ? undefined : "Send the session's CSRF token in a Medable-Csrf-Token header";
  throw new Failure("kCSRFTokenMismatch", [], reason);
}

/** The portal, if its practice is active and still has this web address. */
function openPortal(org: string, { practice, settings: saved }: Records): Portal | undefined {
  if (!practice?.active || practice.websiteAddress !== org) return undefined;
  const { applicationId, accountId, name, sessionEpoch = 0 } = practice;
  const settings = portalSettingsOf(saved);
  return { applicationId, accountId, org, practiceName: name, sessionEpoch, settings };
}

/** Lets a browser page of an allowed origin read the answer, whatever it will be. */
function allowOrigin(call: Call, { settings }: Portal, origin: string | undefined): void {
  if (origin === undefined || !settings.allowedOrigins.includes(origin)) return;
  Object.assign(call.reply.headers, {
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "Medable-Csrf-Token, Frontdesk-Request-Id",
  });
}

const applicationViewer = (applicationId: string): Viewer => ({
  id: undefined,
  administrator: true,
  provider: false,
  actor: { kind: "application", applicationId },
  // A condition on the vendor's item in many writes at once would make them wait for each other.
  rightsHeld: undefined,
  account: undefined,
  session: undefined,
  sessionId: undefined,
  favorites: new Set(),
});

/** Whose session a request belongs to, if it is a live one of this portal. */
function sessionViewer(
  call: Call,
  portal: Portal,
  sessionId: string | undefined,
  { session, holder, favorites }: Records,
): Viewer | undefined {
  const account = accountFrom(holder);
  const state = sessionState(session, portal, account, call.context.now);
  if (state !== "live" || !session || !account || !sessionId) return undefined;
  const { applicationId, accountId, id, document } = account;
  return {
    id,
    administrator: isAdministrator(document.roles),
    provider: isProvider(document.roles),
    actor: { kind: "portalAccount", applicationId, accountId, id },
    rightsHeld: checkUnchanged(portalAccountKey(account), account),
    account,
    session,
    sessionId,
    favorites: favoritesFrom(favorites),
  };
}
