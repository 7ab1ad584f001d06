import { newId, randomText } from "../../crypto/random.ts";
import type { Reply } from "../../reply.ts";
import { sessionEntryKey, sessionKey } from "../../table/keys.ts";
import type { Session } from "../../table/records.ts";
import { create, put, setAttributes, type TransactionPart } from "../../table/transact.ts";
import type { Account } from "../account/account.ts";
import { type Portal, portalsAreSecure } from "../portal.ts";
import { csrfHeader, csrfToken } from "./csrf.ts";

const rememberedMs = 86_400_000;

/** 43 letters and digits: 256 random bits. */
const newSessionId = () => randomText(43);
const sessionIdShape = /^[A-Za-z0-9]{43}$/;
/** How many are looked at. A browser has several when pages of other paths or hosts have set some too. */
const sessionIdsMax = 4;

const sessionCookie = "md.sid";
const deviceCookie = "md.fingerprint";
const deviceYearSeconds = 365 * 86_400;
const deviceNameShape = /^[A-Za-z0-9]{32}$/;
/** A device may have a name for each of several accounts. */
const deviceNamesMax = 8;

/**
 * Reads the cookies of sessions and devices. Values that do not have our form are ignored. Of more names of a device than
 * a cookie may have, the oldest are dropped.
 */
export function cookiesOf(cookies: readonly string[] = []): {
  sessionIds: readonly string[];
  /** The newest last. */
  deviceNames: readonly string[];
} {
  const presented = (name: string) =>
    cookies
      .map((cookie) => cookie.trim())
      .filter((cookie) => cookie.startsWith(`${name}=`))
      .map((cookie) => cookie.slice(name.length + 1));
  const names = presented(deviceCookie).flatMap((value) => value.split("."));
  const distinct = [...new Set(names.filter((name) => deviceNameShape.test(name)))];
  return {
    sessionIds: [...new Set(presented(sessionCookie).filter((value) => sessionIdShape.test(value)))].slice(
      0,
      sessionIdsMax,
    ),
    deviceNames: distinct.slice(-deviceNamesMax),
  };
}

/**
 * The attributes of all cookies. Browsers keep a cookie that a page of another site receives, and send it again, only with
 * `SameSite=None` and `Secure`. `Partitioned` lets them send it from pages of that site alone.
 */
const attributes = (isCrossSite: boolean) =>
  isCrossSite
    ? "; HttpOnly; SameSite=None; Secure; Partitioned"
    : `; HttpOnly; SameSite=Lax${portalsAreSecure() ? "; Secure" : ""}`;

/** Returns the cookie that carries a session. With an empty id, it deletes the cookie. */
export const setSessionCookie = (portal: Portal, sessionId: string, isCrossSite: boolean): string =>
  `${sessionCookie}=${sessionId}; Path=/${portal.org}${sessionId ? "" : "; Max-Age=0"}${attributes(isCrossSite)}`;

/** Returns the cookie with the names of a device, one for each account. @param names the newest last */
export const setDeviceCookie = (names: readonly string[], isCrossSite: boolean): string =>
  `${deviceCookie}=${names.slice(-deviceNamesMax).join(".")}; Path=/; Max-Age=${deviceYearSeconds}${attributes(isCrossSite)}`;

/** Returns a new session: its secret id, which only the browser keeps, and the parts that store it. */
function newSession(portal: Portal, account: Account, now: Date): { sessionId: string; parts: TransactionPart[] } {
  const sessionId = newSessionId();
  const [id, key] = [newId(now), sessionKey(sessionId)];
  const endsAt = now.getTime() + portal.settings.sessionHours * 3_600_000;
  const expiresAt = Math.ceil((endsAt + rememberedMs) / 1000);
  const session: Session = {
    id,
    applicationId: portal.applicationId,
    accountId: portal.accountId,
    holderId: account.id,
    accountEpoch: account.sessionEpoch,
    portalEpoch: portal.sessionEpoch,
    vendorEpoch: portal.vendorEpoch,
    idleMinutes: portal.settings.sessionIdleMinutes,
    startedAt: now.getTime(),
    endsAt,
    lastSeenAt: now.getTime(),
    expiresAt,
  };
  const parts = [
    create(key, { type: "session", ...session }, "changed"),
    put(sessionEntryKey(account, id), { type: "sessionEntry", itemKey: key, expiresAt }),
  ];
  return { sessionId, parts };
}

/** Returns the part that keeps a session alive when a change ends all others. */
export const continueSession = (sessionId: string, account: Account): TransactionPart =>
  setAttributes(sessionKey(sessionId), { accountEpoch: account.sessionEpoch }, "kNotLoggedIn");

/**
 * The use of a session is stored at most once a minute, so a used session may live up to a minute longer than its idle
 * time.
 */
const notedEveryMs = 60_000;
const isUsed = ({ lastSeenAt, startedAt }: Session) => lastSeenAt > startedAt;

/** Whether the use of a session must be stored now. @param now epoch milliseconds */
export const isUseToBeNoted = (session: Session, now: number): boolean =>
  now < session.endsAt && (!isUsed(session) || now - session.lastSeenAt >= notedEveryMs);

/** When a session ends if it is not used any more; epoch milliseconds. @param limits as they are now: stricter ones count */
export function sessionEndsAt(
  session: Session,
  limits: { readonly sessionIdleMinutes: number; readonly sessionHours: number },
): number {
  const idleMs = Math.min(session.idleMinutes, limits.sessionIdleMinutes) * 60_000;
  const idleAt = session.lastSeenAt + idleMs + (isUsed(session) ? notedEveryMs : 0);
  return Math.min(idleAt, session.endsAt, session.startedAt + limits.sessionHours * 3_600_000);
}

const noLimits = { sessionIdleMinutes: Number.POSITIVE_INFINITY, sessionHours: Number.POSITIVE_INFINITY };

/** Whether a session has timed out by the limits that it began with. */
export const isTimedOut = (session: Session, now: Date): boolean => now.getTime() >= sessionEndsAt(session, noLimits);

/** Returns the state of a stored session. A session that was ended is `none`, as if it had never existed. */
export function sessionState(
  session: Session | undefined,
  portal: Portal,
  account: Account | undefined,
  now: Date,
): "live" | "expired" | "none" {
  if (!session || !account) return "none";
  const ended =
    session.applicationId !== portal.applicationId ||
    session.accountId !== portal.accountId ||
    session.portalEpoch !== portal.sessionEpoch ||
    (session.vendorEpoch ?? 0) !== portal.vendorEpoch ||
    session.holderId !== account.id ||
    session.accountEpoch !== account.sessionEpoch;
  if (ended) return "none";
  return now.getTime() >= sessionEndsAt(session, portal.settings) ? "expired" : "live";
}

/** Returns a session as it is answered. @param current whether the request is made under it */
export const sessionView = (session: Session, { settings }: Portal, current: boolean): object => ({
  _id: session.id,
  object: "session",
  created: new Date(session.startedAt).toISOString(),
  lastSeen: new Date(session.lastSeenAt).toISOString(),
  expiresAt: new Date(sessionEndsAt(session, settings)).toISOString(),
  current,
});

/**
 * Begins a session. Returns the parts that store it, and `tell`, which puts cookie and CSRF token into the answer. Call
 * `tell` only after the session is stored.
 */
export function beginSession(
  portal: Portal,
  account: Account,
  now: Date,
): { parts: TransactionPart[]; tell: (reply: Reply, isCrossSite: boolean) => void } {
  const { sessionId, parts } = newSession(portal, account, now);
  return {
    parts,
    tell: ({ headers, cookies }, isCrossSite) => {
      cookies.push(setSessionCookie(portal, sessionId, isCrossSite));
      headers[csrfHeader] = csrfToken(sessionId);
    },
  };
}
