import type { FieldError } from "../../errors.ts";
import { characters } from "../../text.ts";
import type { Portal } from "../portal.ts";
import { isAbsent } from "./password-text.ts";

const charactersMin = 8;
const charactersMax = 256;
/** Only this many characters are scored. They are enough, and the work grows faster than the length. */
const judgedCharacters = 40;

/**
 * Returns what is wrong with a password, if anything: too short or long, too easily guessed, or the holder's own name
 * or e-mail address.
 * @param password in the form in which it is hashed
 * @param minScore the portal's lowest accepted zxcvbn score, 0 to 4
 * @param personal names and e-mail address of the holder
 */
async function passwordError(
  password: string,
  minScore: number,
  personal: readonly string[],
): Promise<FieldError | undefined> {
  const weak = (message: string): FieldError => ({ field: "account.password", message, code: "kPasswordStrength" });
  const length = characters(password);
  if (length < charactersMin || length > charactersMax) {
    return weak(`must be ${charactersMin} to ${charactersMax} characters`);
  }
  const own = personal.filter(Boolean).map((text) => text.toLowerCase());
  if (own.includes(password.toLowerCase())) return weak("must not be the holder's name or e-mail address");
  const { scorePassword } = await import("./password-judge.ts");
  const judged = password.slice(0, judgedCharacters);
  return scorePassword(judged, own) < minScore ? weak("is too easily guessed") : undefined;
}

/**
 * Returns what is wrong with a new password: missing, or too weak for the portal.
 * @param password `stated` as `normalisePassword` returns it
 */
export async function passwordErrors(
  stated: unknown,
  password: string | undefined,
  portal: Portal,
  personal: readonly string[],
): Promise<FieldError[]> {
  if (isAbsent(stated)) return [{ field: "account.password", message: "is required", code: "kRequired" }];
  const fault = await passwordError(password ?? "", portal.settings.minPasswordScore, personal);
  return fault ? [fault] : [];
}
