import type { FieldError } from "../../errors.ts";
import { characters } from "../../text.ts";
import type { Portal } from "../portal.ts";
import { isAbsent } from "./password-text.ts";

const charactersMin = 8;
const charactersMax = 256;
/**
 * Only this many characters are scored. They are enough, and the work grows faster than the length: `npm run bench:hash`
 * compares the worst passwords with a hash.
 */
const judgedCharacters = 24;
/** A password needs this many characters besides a personal word. */
const otherCharactersMin = 4;

/** Blanks, dashes, and the signs between the parts of names, addresses and numbers. */
const separators = /[\s\p{Pd}\p{Pc}.,;:'’/\\()+@]/gu;
const folded = (text: string) => text.normalize("NFKC").toLowerCase().replace(separators, "");

/** Whether a password is a personal word, or little more than one. Letter case and separators make no difference. */
function isPersonal(password: string, personal: readonly string[]): boolean {
  const secret = folded(password);
  return personal
    .map(folded)
    .filter(Boolean)
    .some((word) => secret.includes(word) && characters(secret.replaceAll(word, "")) < otherCharactersMin);
}

/** What a password is held against. */
interface PasswordRules {
  /** The portal's lowest accepted zxcvbn score, 0 to 4. */
  readonly minScore: number;
  /** Names, addresses and numbers of the holder and the portal. */
  readonly personal: readonly string[];
  /** Whether it is scored, which takes the time of a hash or more. */
  readonly isScored: boolean;
}

/**
 * Returns what is wrong with a password, if anything: too short or long, personal, or too easily guessed.
 * @param password in the form in which it is hashed
 */
async function passwordError(
  password: string,
  { minScore, personal, isScored }: PasswordRules,
): Promise<FieldError | undefined> {
  const weak = (message: string): FieldError => ({ field: "account.password", message, code: "kPasswordStrength" });
  const length = characters(password);
  if (length < charactersMin || length > charactersMax) {
    return weak(`must be ${charactersMin} to ${charactersMax} characters`);
  }
  if (isPersonal(password, personal)) {
    return weak(
      "must not be little more than a name, an e-mail address or a phone number of the holder or the practice",
    );
  }
  if (!isScored) return undefined;
  const own = [...new Set(personal.filter(Boolean).flatMap((text) => [text.toLowerCase(), folded(text)]))];
  const { scorePassword } = await import("./password-judge.ts");
  const judged = password.slice(0, judgedCharacters);
  return scorePassword(judged, own) < minScore ? weak("is too easily guessed") : undefined;
}

/**
 * Returns what is wrong with a new password: missing, or too weak for the portal.
 * @param password `stated` as `normalisePassword` returns it
 * @param personal of the holder, from `personalOf`
 * @param isElseRight whether nothing else is wrong with the request. Otherwise the password is not scored.
 */
export async function passwordErrors(
  stated: unknown,
  password: string | undefined,
  portal: Portal,
  personal: readonly string[],
  isElseRight = true,
): Promise<FieldError[]> {
  if (isAbsent(stated)) return [{ field: "account.password", message: "is required", code: "kRequired" }];
  const fault = await passwordError(password ?? "", {
    minScore: portal.settings.minPasswordScore,
    personal: [...personal, portal.practiceName, portal.org],
    isScored: isElseRight,
  });
  return fault ? [fault] : [];
}
