import { accountFrom } from "../accounts/account/account.ts";
import { statedId } from "../accounts/account/target.ts";
import type { Portal } from "../accounts/portal.ts";
import { csrfHeader, csrfMatches, csrfToken } from "../accounts/session/csrf.ts";
import { candidates, type PresentedSession, presentedSessions, sessionReads } from "../accounts/session/presented.ts";
import { cookiesOf, isUseToBeNoted, sessionState } from "../accounts/session/session.ts";
import { type Ids, noteActor, noteRecord } from "../audit/access-note.ts";
import type { Actor } from "../audit/audit-event.ts";
import { Failure } from "../errors.ts";
import type { Operation, OperationIdOf, PortalTier, Row } from "../operations.ts";
import { portalSettingsOf, sessionIdleMinutesMin } from "../portal-settings.ts";
import { labelShape } from "../practices/ids.ts";
import { admitsVendor, isClientKey } from "../practices/vendor.ts";
import { checkSettings, entranceSettings, filesSettings, portalUrl } from "../settings.ts";
import { waitForAll } from "../table/deadline.ts";
import { countForAddress, countForApplication } from "../table/entrance-limit.ts";
import { callersKey } from "../table/generation.ts";
import {
  clientKeyKey,
  connectionAccessKey,
  favoritesKey,
  portalAccountKey,
  portalSettingsKey,
  practiceKey,
  sessionKey,
  vendorKey,
  webAddressKey,
} from "../table/keys.ts";
import { type Found, type Keys, readItems, readTogether } from "../table/read.ts";
import type { AccountItem, Key, PortalAccountId, PracticeId, Session } from "../table/records.ts";
import { touch } from "../table/touch.ts";
import type { Admission, Admitted, CommonDefinition, CommonRequest } from "./admission.ts";
import { allowOrigin } from "./allow-origin.ts";
import { type CallEvent, pathOf } from "./call.ts";
import { inHeaders, textOf } from "./credentials.ts";
import { bySecret, type Limited } from "./entrance-count.ts";
import { fault } from "./fault.ts";
import { answerOnce } from "./idempotency.ts";
import { unmatchedAt } from "./unmatched.ts";
import { applicationViewer, sessionViewer, statesOf, type Viewer } from "./viewer.ts";

/** A call to a portal: where, who, and from which device. */
interface PortalCall {
  readonly portal: Portal;
  readonly viewer: Viewer | undefined;
  readonly actor: Actor;
  /** Application credentials act as an administrator, without a session. */
  readonly byApplication: boolean;
  /** The names in the device's cookie, the newest last. */
  readonly deviceNames: readonly string[];
  /** The ids in the session cookies, of any portal, whether there are such sessions or not. */
  readonly sessionIds: readonly string[];
  /** Whether a page of another site calls, so that it needs other cookies. */
  readonly isCrossSite: boolean;
  /** The media types that the caller wants: the header `Accept`. */
  readonly accept: string;
  /** The body's properties, or those of the query where a verb has no body. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a portal's function is given once its caller is admitted. */
export interface PortalRequest<Id extends OperationIdOf<PortalTier>, Reads extends Keys>
  extends CommonRequest,
    Omit<PortalCall, "viewer"> {
  readonly viewer: Row<Id>["tier"] extends "session" ? Viewer : Viewer | undefined;
  /** The items of `readsFirst` and `reads`. */
  readonly found: Found<Reads>;
  /**
   * The same request as it is now: the items read again, portal and caller checked again.
   * @throws Failure when the caller would not be admitted any more
   */
  refresh(): Promise<PortalRequest<Id, Reads>>;
}

/** What is known of a request when its portal is, and nothing is proven yet. */
export interface PortalScope<First extends Keys = Keys> extends PracticeId {
  /** Id of the session's account; `""` without a session. */
  readonly holderId: string;
  readonly path: CommonRequest["path"];
  readonly input: PortalCall["input"];
  readonly deviceNames: PortalCall["deviceNames"];
  /** The items of `readsFirst`. */
  readonly found: Found<First>;
}

/** What a function reads in the two round trips that admit its caller. */
interface PortalReads<First extends Keys, Reads extends Keys> {
  /** Items to read in the first: with the portal's name, the client key and the session. */
  readonly readsFirst?: (
    path: CommonRequest["path"],
    input: PortalCall["input"],
    cookies: Pick<PortalCall, "sessionIds">,
  ) => First;
  /** Items to read in the second: with the practice and the caller's account. */
  readonly reads?: (scope: PortalScope<First>) => Reads;
}

/** An operation of a portal. */
export interface PortalDefinition<Id extends OperationIdOf<PortalTier>, First extends Keys, Reads extends Keys>
  extends CommonDefinition,
    PortalReads<First, Reads> {
  /** The client key may be the query argument `client_key`, because pages cannot send headers with an `<img>`. */
  readonly clientKeyInQuery?: true;
  /** Whether the call counts as a use of the session. Default: it does. */
  readonly prolongsSession?: false;
  /** Does it and returns the object that is answered. */
  readonly run: (request: PortalRequest<Id, First & Reads>) => Promise<object>;
}

/** What of a definition the admission uses. */
type Wanted = CommonDefinition &
  PortalReads<Keys, Keys> &
  Pick<PortalDefinition<never, Keys, Keys>, "clientKeyInQuery" | "prolongsSession">;

/** What the admission adds to a request. */
interface Added extends PortalCall {
  readonly found: Found<Keys>;
}

/**
 * Admits the callers of a portal. An unknown portal, an inactive practice, a missing or foreign client key and wrong
 * application credentials are one answer after the same work.
 */
export const byPortal = {
  kind: "byPortal",
  dialectOf: () => fault,
  unmatchedAt,
  checkSettings(row: Operation) {
    checkSettings(row);
    portalUrl();
    if (row.files) filesSettings();
    if (row.entrance) entranceSettings();
  },
  admit,
  answerOnce,
} as const satisfies Admission<Wanted, Added> & { kind: string };
/** The type of `byPortal`, by which `operation` knows it. */
export type ByPortal = typeof byPortal;

/**
 * Reads, decides, and notes the use of the session. Two round trips: the records that the request names (portal, client key,
 * sessions), then those that they lead to (practice, settings, account). One more if there are sessions of several accounts, or
 * if a session looks ended by its account.
 */
async function admit(event: CallEvent, row: Operation, wanted: Wanted): Promise<Admitted<Added>> {
  const tier = row.tier as PortalTier;
  const { input, reply, context } = event.call;
  const { readsFirst, reads, clientKeyInQuery = false, prolongsSession = true } = wanted;
  // Also for an unknown portal, so that it cannot be told from one whose caller is refused.
  reply.headers.vary = "Origin";
  const stated = statedBy(event, tier, clientKeyInQuery);
  const { path, otherId, deviceNames } = stated;

  const ownFirst = readsFirst?.(path, input, stated) ?? {};
  const [[foundFirst, named], byAddress] = await waitForAll([
    readTogether(ownFirst, namedKeys(stated)),
    row.entrance && countForAddress(row.id, context),
  ]);
  const practice = { applicationId: named.claim?.applicationId ?? "", accountId: named.claim?.accountId ?? "" };
  const presented = await ofOneHolder(candidatesIn(named, stated, practice, context.now), practice, context.now);
  const [newest] = presented;
  const holder = newest && { ...practice, id: newest.session.holderId };
  if (named.claim) noteRecord({ ...practice, ...recordIn(path) });
  if (newest) noteActor({ kind: "unproven", ...holderOf(newest.session) });
  const ownSecond =
    reads?.({ ...practice, holderId: holder?.id ?? "", path, input, deviceNames, found: foundFirst }) ?? {};

  // A fresh session is noted while the second read is under way, which saves a round trip: no portal lets sessions end so
  // soon, so that the note cannot revive one that has timed out.
  const isNotedAtOnce = prolongsSession && newest && !byAddress && isFresh(newest.session, context.now);
  // Calls over the address's limit do not use up that of the application, except if they may turn out to be the application's own.
  const counted =
    row.entrance && (!byAddress || stated.byApplication) ? countedFor(stated, named, tier, newest) : undefined;
  const [[foundSecond, records], byApplication] = await waitForAll([
    readTogether(ownSecond, portalKeys(practice, holder, otherId)),
    counted && countForApplication(row.id, context, counted),
    isNotedAtOnce ? noteUse(newest, context.now) : undefined,
  ]);

  const decide = (
    found: Found<Keys>,
    records: Records,
    presented: readonly PresentedSession[],
    limited: Limited = {},
  ): Admitted<Added> => {
    const added = {
      ...admittedCall(event, tier, stated, { practice, presented, records, limited }),
      found,
      input,
    };
    const { viewer, actor } = added;
    // Applications and visitors act at a portal, and many visitors are the same caller.
    const caller = [...Object.values(actor), practice.applicationId, practice.accountId];
    return { identity: { caller, stated: { sessionId: viewer?.sessionId } }, added, refresh };
  };
  const refresh = async () => {
    const keys = { ...namedKeys(stated), ...portalKeys(practice, holder, otherId) };
    const [found, records] = await readTogether({ ...ownFirst, ...ownSecond }, keys);
    const present = candidatesIn(records, stated, practice, context.now);
    return decide(
      found,
      records,
      present.filter(({ session }) => session.holderId === holder?.id),
    );
  };
  const limited = { byAddress, byApplication };
  const present = await notBehind(presented, accountFrom(records.holder), stated, practice, context.now);
  const admitted = decide({ ...foundFirst, ...foundSecond }, { ...named, ...records }, present, limited);
  const { session, sessionId } = admitted.added.viewer ?? {};
  const isNoted = isNotedAtOnce && newest.sessionId === sessionId;
  if (prolongsSession && session && sessionId && !isNoted) await noteUse({ session, sessionId }, context.now);
  return admitted;
}

/**
 * For which application a call of an entrance counts, and how it has shown to belong to it. Each way has a count of its own:
 * client keys are public, and strangers who use them up must stop neither holders of sessions nor the application's servers.
 * A client key counts at any portal, and one that nobody has counts too, so that neither an answer nor its time tells what exists.
 * @returns `undefined` for a call that will be refused whatever exists
 */
function countedFor(
  { byApplication, credentials, clientKey: stated }: Stated,
  { claim, clientKey }: Pick<Records, "claim" | "clientKey">,
  tier: PortalTier,
  session: PresentedSession | undefined,
): readonly string[] | undefined {
  if (byApplication) return bySecret(credentials);
  const applicationId = clientKey?.applicationId;
  if (session && applicationId !== undefined && applicationId === claim?.applicationId)
    return ["session", applicationId];
  if (tier === "session" || !isClientKey(stated)) return undefined;
  return applicationId === undefined ? ["unknown client key", stated] : ["client key", applicationId];
}

/** Ids in a path, for the access log. Tokens have another form: nobody who reads the log may use one. */
const recordIn = ({ id, connection, device, session }: Readonly<Record<string, string>>): Ids => ({
  id: statedId(id),
  connections: statedId(connection),
  device: statedId(device),
  session: statedId(session),
});

const holderOf = ({ applicationId, accountId, holderId: id }: Session) => ({ applicationId, accountId, id });

/** Whether a path is about the caller's own account. */
const isOwn = ({ routeKey, pathParameters }: CallEvent) =>
  pathParameters?.id === "me" || /\/accounts\/me(\/|$)/.test(routeKey);

/** The keys that a request names: the portal, the vendor and the sessions. */
const namedKeys = ({ org, clientKey, usedSessionIds }: Stated) => ({
  claim: webAddressKey(org),
  clientKey: isClientKey(clientKey) ? clientKeyKey(clientKey) : undefined,
  ...sessionReads(usedSessionIds),
});

/** The sessions of a practice's portal that a request presents and that may be live, the newest first. */
const candidatesIn = (
  named: Found<ReturnType<typeof namedKeys>>,
  { usedSessionIds }: Stated,
  practice: PracticeId,
  now: Date,
): readonly PresentedSession[] => candidates(presentedSessions(named, usedSessionIds, practice), now);

/**
 * Returns the presented sessions, if they have one holder. If they have several, reads more to find out which are live. When
 * sessions of several holders are live, none counts: it is not clear whose browser this is.
 */
async function ofOneHolder(
  presented: readonly PresentedSession[],
  practice: PracticeId,
  now: Date,
): Promise<readonly PresentedSession[]> {
  const holderIds = [...new Set(presented.map(({ session }) => session.holderId))];
  if (holderIds.length <= 1) return presented;
  const holderAt = (id: string) => `holder ${id}` as const;
  const accountKeys: { readonly [Name in ReturnType<typeof holderAt>]: Key<AccountItem> } = Object.fromEntries(
    holderIds.map((id) => [holderAt(id), portalAccountKey({ ...practice, id })]),
  );
  const [records, accounts] = await readTogether(portalKeys(practice, undefined, undefined), accountKeys);
  const portal = openPortal(records.practice?.websiteAddress ?? "", practice, records);
  const live = presented.filter(({ session }) => {
    const account = accountFrom(accounts[holderAt(session.holderId)]);
    return portal && sessionState(session, portal, account, now) === "live";
  });
  return new Set(live.map(({ session }) => session.holderId)).size === 1 ? live : [];
}

/**
 * Returns the sessions, read again if one was begun before the account's sessions ended last. A change of the password ends all
 * sessions but the caller's: a session that was read before the change looks ended next to an account that was read after it.
 */
async function notBehind(
  presented: readonly PresentedSession[],
  account: ReturnType<typeof accountFrom>,
  stated: Stated,
  practice: PracticeId,
  now: Date,
): Promise<readonly PresentedSession[]> {
  if (!account || presented.every(({ session }) => session.accountEpoch >= account.sessionEpoch)) return presented;
  const found = await readItems(sessionReads(stated.usedSessionIds));
  const present = candidates(presentedSessions(found, stated.usedSessionIds, practice), now);
  return present.filter(({ session }) => session.holderId === account.id);
}

/**
 * The keys that those records lead to.
 * @param holder the session's account, if there is a session
 * @param otherId the account in the path, to which the holder may be connected
 */
const portalKeys = (practice: PracticeId, holder: PortalAccountId | undefined, otherId: string | undefined) => ({
  vendor: vendorKey(practice.applicationId),
  practice: practiceKey(practice),
  settings: portalSettingsKey(practice),
  holder: holder && portalAccountKey(holder),
  favorites: holder && favoritesKey(holder),
  connected: holder && otherId ? connectionAccessKey(holder, otherId) : undefined,
});

type Records = Found<ReturnType<typeof namedKeys> & ReturnType<typeof portalKeys>>;

/** Whether a session was used so recently that no portal lets it end. */
const isFresh = ({ lastSeenAt }: Session, now: Date) => now.getTime() - lastSeenAt < sessionIdleMinutesMin * 60_000;

/** Notes the use of a session, unless its last use was noted a moment ago. */
async function noteUse({ sessionId, session }: PresentedSession, at: Date): Promise<void> {
  const now = at.getTime();
  if (!isUseToBeNoted(session, now)) return;
  await touch(sessionKey(sessionId), now, now - (session.idleMinutes + 1) * 60_000 + 1);
}

/** The portal and the caller that a request states. */
interface Stated {
  readonly path: Readonly<Record<string, string>>;
  /** The account that the path names by its id. */
  readonly otherId: string | undefined;
  /** The web address in the path; `""` when it cannot be one. */
  readonly org: string;
  readonly clientKey: string;
  readonly credentials: ReturnType<typeof inHeaders>;
  readonly byApplication: boolean;
  /** Without those of a request with application credentials. */
  readonly sessionIds: readonly string[];
  /** The same; none if the operation uses no sessions. */
  readonly usedSessionIds: readonly string[];
  readonly deviceNames: readonly string[];
}

function statedBy(event: CallEvent, tier: PortalTier, clientKeyInQuery: boolean): Stated {
  const path = pathOf(event);
  const credentials = inHeaders(event);
  const byApplication = credentials.applicationId !== undefined || credentials.applicationPassword !== undefined;
  const { sessionIds, deviceNames } = cookiesOf(event.cookies);
  const inQuery = clientKeyInQuery ? event.call.input.client_key : undefined;
  return {
    path,
    otherId: statedId(path.id),
    org: labelShape.test(path.org ?? "") ? (path.org as string) : "",
    clientKey: event.headers["medable-client-key"] ?? (typeof inQuery === "string" ? inQuery : ""),
    credentials,
    byApplication,
    sessionIds: byApplication ? [] : sessionIds,
    usedSessionIds: tier === "portal" || byApplication ? [] : sessionIds,
    deviceNames,
  };
}

/** What was found of the portal and the caller that a request states. */
interface FoundCall {
  readonly practice: PracticeId;
  /** The sessions that may be live, all of one holder. */
  readonly presented: readonly PresentedSession[];
  readonly records: Records;
  /** Why the call must be refused, if too many were made. */
  readonly limited: Limited;
}

/** Decides from the records who calls which portal. @throws Failure when the caller is not admitted; Throttled */
function admittedCall(
  event: CallEvent,
  tier: PortalTier,
  { otherId, org, clientKey, credentials, byApplication, sessionIds, deviceNames }: Stated,
  { practice: { applicationId, accountId }, presented, records, limited }: FoundCall,
): Omit<PortalCall, "input"> {
  const { reply, context } = event.call;
  const portal = openPortal(org, { applicationId, accountId }, records);
  const isAllowed = portal !== undefined && allowOrigin(reply, portal.settings, event.headers.origin);
  const { vendor } = records;
  const byKey = records.clientKey?.applicationId === applicationId;
  const stated = credentials.applicationId === applicationId ? vendor : undefined;
  if (stated) noteActor({ kind: "unproven", applicationId });
  const secretFits = admitsVendor(stated, textOf(credentials.applicationPassword));
  const byCredentials = secretFits && credentials.accountId === callersKey(accountId);
  const throttled = (byApplication && byCredentials ? undefined : limited.byAddress) ?? limited.byApplication;
  if (throttled) throw throttled;
  if (!portal || vendor?.disabled !== false || !(byApplication ? byCredentials : byKey)) {
    throw new Failure("kAccessDenied", [], missingFrom(clientKey, byApplication, credentials.accountId));
  }

  const viewer = byApplication
    ? applicationViewer(applicationId)
    : sessionViewer(context.now, portal, { presented, otherId }, records);
  if (viewer?.sessionId) {
    const writes = !["GET", "HEAD"].includes(event.requestContext.http.method);
    if (writes) checkCsrf(viewer.sessionId, event.headers[csrfHeader]);
    reply.headers[csrfHeader] = csrfToken(viewer.sessionId);
  }
  if (tier === "session" && !viewer) {
    const isExpired = statesOf(presented, portal, accountFrom(records.holder), context.now).includes("expired");
    throw new Failure(isExpired ? "kSessionExpired" : "kNotLoggedIn");
  }
  const actor = viewer?.actor ?? ({ kind: "visitor" } as const);
  noteActor(actor);
  if (viewer?.id && isOwn(event)) noteRecord({ id: viewer.id });
  return {
    portal,
    viewer,
    actor,
    byApplication,
    deviceNames,
    sessionIds,
    isCrossSite: isAllowed && event.headers["sec-fetch-site"] === "cross-site",
    accept: event.headers.accept ?? "",
  };
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

/**
 * The portal, if its practice is active and still has this web address.
 * @param practiceId names the practice in whose partition the other records were read
 */
function openPortal(
  org: string,
  practiceId: PracticeId,
  { practice, settings: saved, vendor }: Pick<Records, "practice" | "settings" | "vendor">,
): Portal | undefined {
  if (!practice?.active || practice.websiteAddress !== org) return undefined;
  const { applicationId, accountId, name, sessionEpoch = 0 } = practice;
  // The practice was deleted, and another one has taken its key and its web address.
  if (accountId !== practiceId.accountId) return undefined;
  const settings = portalSettingsOf(saved);
  const vendorEpoch = vendor?.sessionEpoch ?? 0;
  return { applicationId, accountId, org, practiceName: name, sessionEpoch, vendorEpoch, settings };
}
