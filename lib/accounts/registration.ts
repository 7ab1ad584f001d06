import { newId } from "../crypto/random.ts";
import { Failure, type Fault } from "../errors.ts";
import { applySteps, putSteps } from "./change.ts";
import { type Document, documentFaults } from "./document.ts";
import { normaliseEmail } from "./email.ts";
import { isAbsent, normalisePassword, personalOf } from "./password.ts";
import { passwordFaults } from "./password-strength.ts";
import type { Portal } from "./portal.ts";
import type { Standing } from "./properties.ts";
import { latestDay } from "./time-zone.ts";

/** Who registers: a new id, and all that is needed of them, judged. */
export interface Registration {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly document: Document;
}

/** What an account is before anybody says anything of it. */
const blank = { state: "unverified", locked: false, activationRequired: false, roles: [], locale: "en_US" };

/**
 * Reads a registration. What only the server or an administrator writes is refused as in PUT.
 * @throws Failure kInvalidArgument, kAccessDenied, kValidationError with a child for each fault, kNotFound for an
 * invitation that there is not
 */
export async function readRegistration(
  { email: statedEmail, password: statedPassword, token, ...properties }: Readonly<Record<string, unknown>>,
  portal: Portal,
  caller: Standing | undefined,
  now: Date,
): Promise<Registration> {
  const id = newId(now);
  const standing = { id, administrator: caller?.administrator ?? false, provider: false };
  const { document } = applySteps(blank, putSteps(properties), id, standing);
  const email = normaliseEmail(statedEmail);
  const password = normalisePassword(statedPassword);
  const faults = [
    ...documentFaults(document, latestDay(now)),
    ...(email === undefined ? [emailFault(statedEmail)] : []),
    ...(await passwordFaults(statedPassword, password, portal, personalOf({ email: email ?? "", document }))),
  ];
  if (faults.length > 0 || email === undefined || password === undefined) throw new Failure("kValidationError", faults);
  // There are no invitations yet, so none that is named exists.
  if (invitationOf(token) !== undefined) throw new Failure("kNotFound");
  return { id, email, password, document: document as Document };
}

const emailFault = (stated: unknown): Fault =>
  isAbsent(stated)
    ? { field: "account.email", message: "is required", code: "kRequired" }
    : { field: "account.email", message: "must be an e-mail address", code: "kInvalidEmailFormat" };

/** The invitation that a registration names: a text, or an object that holds one. */
function invitationOf(token: unknown): string | undefined {
  if (typeof token === "string") return token === "" ? undefined : token;
  if (typeof token !== "object" || token === null) return undefined;
  return Object.values(token).find((value): value is string => typeof value === "string" && value !== "");
}
