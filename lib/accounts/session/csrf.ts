import { createHmac, timingSafeEqual } from "node:crypto";

/** The header that carries a session's CSRF token, in requests and answers. */
export const csrfHeader = "medable-csrf-token";

/** Returns the CSRF token of a session: 64 hex digits that only somebody with the session's id can know. */
export const csrfToken = (sessionId: string): string =>
  createHmac("sha256", sessionId).update("frontdesk csrf token").digest("hex");

/** Whether a request carries its session's CSRF token. */
export function csrfMatches(sessionId: string, offered: string | undefined): boolean {
  const expected = Buffer.from(csrfToken(sessionId));
  const given = Buffer.from(offered ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
