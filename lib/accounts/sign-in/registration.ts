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
  readonly password: string;
  readonly document: Document;
}

/** The document of a new account, before the properties of the request are set. */
const blank = { state: "unverified", locked: false, activationRequired: false, roles: [], locale: localeDefault };

/**
 * Reads and checks a registration. Properties that only the server or an administrator may write are refused, as in
 * PUT.
 * @throws Failure kInvalidArgument, kAccessDenied, kValidationError with a child for each error
 */
export async function readRegistration(
  { email: statedEmail, password: statedPassword, token: _, ...properties }: Readonly<Record<string, unknown>>,
  portal: Portal,
  caller: CallerRights | undefined,
  now: Date,
): Promise<Registration> {
  const id = newId(now);
  const standing = { id, administrator: caller?.administrator ?? false, provider: false, connected: notConnected };
  const { document, image } = applySteps(blank, putSteps(properties), id, standing);
  // An upload is for an account that exists.
  if (image) throw invalidArgument("Register first, then upload the image");
  const email = normaliseEmail(statedEmail);
  const password = normalisePassword(statedPassword);
  const fieldErrors = [
    ...documentErrors(document, latestDay(now)),
    ...(email === undefined ? [emailError(statedEmail)] : []),
    ...(await passwordErrors(statedPassword, password, portal, personalOf({ email: email ?? "", document }))),
  ];
  if (fieldErrors.length > 0 || email === undefined || password === undefined)
    throw new Failure("kValidationError", fieldErrors);
  return { id, email, password, document: document as Document };
}

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
