import { randomText } from "../../crypto/random.ts";
import type { Reply } from "../../reply.ts";
import { sessionKey } from "../../table/keys.ts";
import type { Session } from "../../table/records.ts";
import { create, remove, setAttributes, type TransactionPart } from "../../table/transact.ts";
import type { Account } from "../account/account.ts";
import { type Portal, portalsAreSecure } from "../portal.ts";
import { csrfHeader, csrfToken } from "./csrf.ts";

const rememberedMs = 86_400_000;

/** 43 letters and digits: 256 random bits. */
const newSessionId = () => randomText(43);
const sessionIdShape = /^[A-Za-z0-9]{43}$/;

const sessionCookie = "md.sid";
const fingerprintCookie = "md.fingerprint";
const fingerprintYearSeconds = 365 * 86_400;
const fingerprintShape = /^[A-Za-z0-9]{32}$/;

/** Returns a new name for a device. */
export const newFingerprint = (): string => randomText(32);

/** Reads the cookies of sessions and devices. Values that do not have our form are ignored. */
export function cookiesOf(cookies: readonly string[] = []): {
  sessionId: string | undefined;
  fingerprint: string | undefined;
} {
  const presented = (name: string, shape: RegExp) =>
    cookies
      .map((cookie) => cookie.trim())
      .filter((cookie) => cookie.startsWith(`${name}=`))
      .map((cookie) => cookie.slice(name.length + 1))
      .find((value) => shape.test(value));
  return {
    sessionId: presented(sessionCookie, sessionIdShape),
    fingerprint: presented(fingerprintCookie, fingerprintShape),
  };
}

const attributes = () => (portalsAreSecure() ? "; Secure" : "");

/** Returns the cookie that carries a session. With an empty id, it deletes the cookie. */
export const setSessionCookie = (portal: Portal, sessionId: string): string =>
  `${sessionCookie}=${sessionId}; Path=/${portal.org}${sessionId ? "" : "; Max-Age=0"}; HttpOnly; SameSite=Lax${attributes()}`;

/** Returns the cookie that names a device. */
export const setFingerprintCookie = (fingerprint: string): string =>
  `${fingerprintCookie}=${fingerprint}; Path=/; Max-Age=${fingerprintYearSeconds}; HttpOnly; SameSite=Lax${attributes()}`;

/** Returns a new session: its id, which only the browser keeps, and the part that stores it. */
function newSession(portal: Portal, account: Account, now: Date): { sessionId: string; part: TransactionPart } {
  const sessionId = newSessionId();
  const endsAt = now.getTime() + portal.settings.sessionHours * 3_600_000;
  const session: Session = {
    applicationId: portal.applicationId,
    accountId: portal.accountId,
    holderId: account.id,
    accountEpoch: account.sessionEpoch,
    portalEpoch: portal.sessionEpoch,
    idleMinutes: portal.settings.sessionIdleMinutes,
    startedAt: now.getTime(),
    endsAt,
    lastSeenAt: now.getTime(),
    expiresAt: Math.ceil((endsAt + rememberedMs) / 1000),
  };
  return { sessionId, part: create(sessionKey(sessionId), { type: "session", ...session }, "changed") };
}

/** Returns the part that ends a session. */
export const endSession = (sessionId: string): TransactionPart => remove(sessionKey(sessionId));

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
    session.accountEpoch !== account.sessionEpoch;
  if (ended) return "none";
  const idleMs = Math.min(session.idleMinutes, portal.settings.sessionIdleMinutes) * 60_000;
  const idle = now.getTime() - session.lastSeenAt >= idleMs + (isUsed(session) ? notedEveryMs : 0);
  // Stricter settings apply to open sessions too.
  const endsAt = Math.min(session.endsAt, session.startedAt + portal.settings.sessionHours * 3_600_000);
  return idle || now.getTime() >= endsAt ? "expired" : "live";
}

/**
 * Begins a session. Returns the part that stores it, and `tell`, which puts cookie and CSRF token into the answer. Call
 * `tell` only after the session is stored.
 */
export function beginSession(
  portal: Portal,
  account: Account,
  now: Date,
): { part: TransactionPart; tell: (reply: Reply) => void } {
  const { sessionId, part } = newSession(portal, account, now);
  return {
    part,
    tell: ({ headers, cookies }) => {
      cookies.push(setSessionCookie(portal, sessionId));
      headers[csrfHeader] = csrfToken(sessionId);
    },
  };
}
