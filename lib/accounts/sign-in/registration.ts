import { newId } from "../../crypto/random.ts";
import { Failure, type FieldError } from "../../errors.ts";
import { type Document, documentErrors } from "../account/document.ts";
import { normaliseEmail } from "../account/email.ts";
import { invalidArgument } from "../account/invalid-argument.ts";
import { type CallerRights, notConnected } from "../account/properties.ts";
import { latestDay } from "../account/time-zone.ts";
import { applySteps, putSteps } from "../change/steps.ts";
import { localeDefault, type Portal } from "../portal.ts";
import { passwordErrors } from "./password-strength.ts";
import { isAbsent, normalisePassword, personalOf } from "./password-text.ts";

/** A checked registration, with a new id. */
export interface Registration {
  readonly id: string;
  readonly email: string;
  /** The password, or its hash when a server has moved the account from elsewhere. */
  readonly secret: { readonly password: string } | { readonly hash: string };
  readonly document: Document;
  /** Whether to mail the verification. */
  readonly notify: boolean;
}

/** The document of a new account, before the properties of the request are set. */
const blank = { state: "unverified", locked: false, activationRequired: false, roles: [], locale: localeDefault };

/**
 * Reads and checks a registration. Properties that only the server or an administrator may write are refused, as in
 * PUT.
 * @throws Failure kInvalidArgument, kAccessDenied, kValidationError with a child for each error
 */
export async function readRegistration(
  stated: Readonly<Record<string, unknown>>,
  portal: Portal,
  caller: CallerRights | undefined,
  now: Date,
): Promise<Registration> {
  const { email: statedEmail, password: statedPassword, passwordHash, notify, token: _, ...properties } = stated;
  if (!caller) checkNotStated({ passwordHash, notify });
  if (!isAbsent(passwordHash) && !isAbsent(statedPassword))
    throw invalidArgument("Send either password or passwordHash");
  const id = newId(now);
  const standing = { id, administrator: caller?.administrator ?? false, provider: false, connected: notConnected };
  const { document, image } = applySteps(blank, putSteps(properties), { id }, standing);
  // An upload is for an account that exists.
  if (image) throw invalidArgument("Register first, then upload the image");
  const email = normaliseEmail(statedEmail);
  const password = normalisePassword(statedPassword);
  const personal = personalOf({ email: email ?? "", document });
  const others = [
    ...documentErrors(document, latestDay(now)),
    ...(email === undefined ? [emailError(statedEmail)] : []),
    ...notifyErrors(notify),
  ];
  const hash = await acceptedHash(passwordHash);
  const fieldErrors = [
    ...others,
    ...(isAbsent(passwordHash)
      ? await passwordErrors(statedPassword, password, portal, personal, others.length === 0)
      : hash === undefined
        ? [hashError]
        : []),
  ];
  const secret = hash !== undefined ? { hash } : password !== undefined && { password };
  if (fieldErrors.length > 0 || email === undefined || !secret) throw new Failure("kValidationError", fieldErrors);
  return { id, email, secret, document: document as Document, notify: readFlag(notify) ?? true };
}

/** Refuses properties of a registration that only servers may state. @throws Failure kAccessDenied with a child for each */
function checkNotStated(properties: Readonly<Record<string, unknown>>): void {
  const stated = Object.keys(properties).filter((name) => !isAbsent(properties[name]));
  const refused = stated.map((name) => ({
    field: `account.${name}`,
    message: "not writable",
    code: "kAccessDenied" as const,
  }));
  if (refused.length > 0) throw new Failure("kAccessDenied", refused);
}

/** Returns a stated hash if it is accepted. What judges it is loaded when one is stated, because that is seldom. */
async function acceptedHash(stated: unknown): Promise<string | undefined> {
  if (isAbsent(stated)) return undefined;
  const { isAcceptedHash } = await import("../../crypto/stored-hash.ts");
  return isAcceptedHash(stated) ? stated : undefined;
}

const hashError: FieldError = {
  field: "account.passwordHash",
  message: "must be a password hash in a known format",
  code: "kInvalidFormat",
};

const notifyErrors = (stated: unknown): FieldError[] =>
  stated === undefined || stated === null || readFlag(stated) !== undefined
    ? []
    : [{ field: "account.notify", message: "must be true or false", code: "kInvalidFormat" }];

/** A boolean, or the word that a form sends for it; `undefined` for other values. */
const readFlag = (stated: unknown): boolean | undefined =>
  stated === true || stated === "true" ? true : stated === false || stated === "false" ? false : undefined;

const emailError = (stated: unknown): FieldError =>
  isAbsent(stated)
    ? { field: "account.email", message: "is required", code: "kRequired" }
    : { field: "account.email", message: "must be an e-mail address", code: "kInvalidEmailFormat" };

/** Returns the token that a registration states: a text, or an object that contains one. */
export function invitationOf(token: unknown): string | undefined {
  if (typeof token === "string") return token === "" ? undefined : token;
  if (typeof token !== "object" || token === null) return undefined;
  return Object.values(token).find((value): value is string => typeof value === "string" && value !== "");
}
