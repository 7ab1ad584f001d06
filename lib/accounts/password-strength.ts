import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as commonWords } from "@zxcvbn-ts/language-common";
import { dictionary as englishWords, translations } from "@zxcvbn-ts/language-en";
import type { Fault } from "../errors.ts";
import { isAbsent } from "./password.ts";
import type { Portal } from "./portal.ts";

/**
 * How passwords are judged. Import it only where one is set: the word lists are larger than all the rest of a function.
 */
const judge = new ZxcvbnFactory({
  dictionary: { ...commonWords, ...englishWords },
  graphs: adjacencyGraphs,
  translations,
});

const charactersMin = 8;
const charactersMax = 256;
/** The score of what comes first says enough, and the work grows faster than the length. */
const judgedCharacters = 72;

/**
 * What is wrong with a password, if anything: too short or long, too easily guessed, or the holder's own name or e-mail.
 * @param password in the form in which it is hashed
 * @param minScore the portal's least zxcvbn score, 0 to 4
 * @param personal what the holder is known by
 * @see https://github.com/dropbox/zxcvbn
 */
function passwordFault(password: string, minScore: number, personal: readonly string[]): Fault | undefined {
  const weak = (message: string): Fault => ({ field: "account.password", message, code: "kPasswordStrength" });
  const length = [...password].length;
  if (length < charactersMin || length > charactersMax) {
    return weak(`must be ${charactersMin} to ${charactersMax} characters`);
  }
  const own = personal.filter(Boolean).map((text) => text.toLowerCase());
  if (own.includes(password.toLowerCase())) return weak("must not be the holder's name or e-mail address");
  const { score } = judge.check(password.slice(0, judgedCharacters), own);
  return score < minScore ? weak("is too easily guessed") : undefined;
}

/**
 * What is wrong with a new password: missing, or too weak for the portal.
 * @param password `stated` as `normalisePassword` gives it
 */
export function passwordFaults(
  stated: unknown,
  password: string | undefined,
  portal: Portal,
  personal: readonly string[],
): Fault[] {
  if (isAbsent(stated)) return [{ field: "account.password", message: "is required", code: "kRequired" }];
  const fault = passwordFault(password ?? "", portal.rules.minPasswordScore, personal);
  return fault ? [fault] : [];
}
