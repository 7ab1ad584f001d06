import { Secret, TOTP } from "otpauth";

/**
 * Codes of authenticator apps (RFC 6238): SHA-1, six digits, a new code every 30 seconds. Loaded only when somebody has
 * such an app, because few do.
 * @see https://www.rfc-editor.org/rfc/rfc6238
 */

const stepSeconds = 30;
const parameters = { algorithm: "SHA1", digits: 6, period: stepSeconds };
/** 160 bits, as long as the output of SHA-1 (RFC 4226 §4). */
const secretBytes = 20;
/** How many steps a clock may be wrong, in either direction. */
const driftSteps = 1;

/** Returns a new secret, in base32. */
export const newTotpSecret = (): string => new Secret({ size: secretBytes }).base32;

/** Returns the address that an authenticator app reads from a QR code. @param secret in base32 */
export const totpUri = (secret: string, issuer: string, label: string): string =>
  new TOTP({ ...parameters, secret, issuer: issuer.toWellFormed(), label }).toString();

/**
 * Returns the step whose code this is, counted in 30 seconds since 1970; `undefined` for a wrong code.
 * @param secret in base32
 * @param code six digits
 */
export function totpStep(secret: string, code: string, now: Date): number | undefined {
  const timestamp = now.getTime();
  const drift = new TOTP({ ...parameters, secret }).validate({ token: code, timestamp, window: driftSteps });
  return drift === null ? undefined : Math.floor(timestamp / 1000 / stepSeconds) + drift;
}
