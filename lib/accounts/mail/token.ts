import { digestOf } from "../../crypto/digest.ts";
import { randomText } from "../../crypto/random.ts";
import { connectionTokenKey, tokenKey } from "../../table/keys.ts";
import type { Connection, ConnectionToken, Key, PracticeId, Token } from "../../table/records.ts";
import { create, placeholderType, type TransactionPart } from "../../table/transact.ts";

/** What a mailed one-time token of an account is for. Those of connections have items of their own. */
export type TokenPurpose = "verification" | "passwordReset";

const weekMs = 7 * 86_400_000;
const lifeMs: Readonly<Record<TokenPurpose, number>> = { verification: weekMs, passwordReset: 3_600_000 };
/** How long an expired token is kept. Until then the answer is that it has expired, afterwards that it is unknown. */
const rememberedMs = 86_400_000;

const tokenLength = 32;
/** The form of mailed tokens. */
export const tokenShape = /^[A-Za-z0-9]{32}$/;

/** Returns the key of a token that a caller sent; `undefined` when it does not have the form of a token. */
export const statedTokenKey = (purpose: TokenPurpose, stated: unknown): Key<Token> | undefined =>
  typeof stated === "string" && tokenShape.test(stated) ? tokenKey(purpose, stated) : undefined;

/** Returns a new token, its digest and the part that stores it. */
export function newToken(
  purpose: TokenPurpose,
  { applicationId, accountId }: PracticeId,
  holderId: string,
  now: Date,
  ofReset: Pick<Token, "stateKey" | "keyFingerprint"> = {},
): { token: string; digest: string; part: TransactionPart } {
  const token = randomText(tokenLength);
  const endsAt = now.getTime() + lifeMs[purpose];
  const item: Token = { applicationId, accountId, holderId, endsAt, ...ofReset };
  const expiresAt = Math.ceil((endsAt + rememberedMs) / 1000);
  const part = create(tokenKey(purpose, token), { type: "token", ...item, expiresAt }, "changed");
  return { token, digest: digestOf(token), part };
}

/** Returns the key of a connection's token that a caller sent; `undefined` when it does not have the form of a token. */
export const statedConnectionTokenKey = (stated: unknown): Key<ConnectionToken> | undefined =>
  typeof stated === "string" && tokenShape.test(stated) ? connectionTokenKey(stated) : undefined;

/** Returns a new token of a connection, the part that stores it, and the connection that only this token accepts. */
export function newConnectionToken<Made extends Connection>(
  connection: Made,
  now: Date,
): { token: string; connection: Made; part: TransactionPart } {
  const token = randomText(tokenLength);
  const endsAt = now.getTime() + weekMs;
  const expiresAt = Math.ceil((endsAt + rememberedMs) / 1000);
  const key = connectionTokenKey(token);
  const { applicationId, accountId, id: connectionId, contextId, creatorId } = connection;
  const item: ConnectionToken = {
    applicationId,
    accountId,
    connectionId,
    contextId,
    creatorId,
    endsAt,
    expiresAt,
  };
  return {
    token,
    connection: { ...connection, tokenDigest: digestOf(token), endsAt, expiresAt },
    part: {
      ...create(key, { type: "token", ...item }, "changed"),
      placeholder: { ...key, type: placeholderType, expiresAt },
    },
  };
}

/** Whether a token was made for this portal. */
export const isTokenOf = <T extends PracticeId>(token: T | undefined, practice: PracticeId): token is T =>
  token !== undefined && token.applicationId === practice.applicationId && token.accountId === practice.accountId;
