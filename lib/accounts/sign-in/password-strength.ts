import type { FieldError } from "../../errors.ts";
import type { Portal } from "../portal.ts";
import { type JudgedPassword, judgePassword, passwordCharactersMax, passwordCharactersMin } from "./password-rule.ts";
import { isAbsent } from "./password-text.ts";

const wrongLength = `must be ${passwordCharactersMin} to ${passwordCharactersMax} characters`;
const messages: Readonly<Record<NonNullable<JudgedPassword["weakness"]>, string>> = {
  short: wrongLength,
  long: wrongLength,
  personal: "must not be little more than a name, an e-mail address or a phone number of the holder or the practice",
  guessable: "is too easily guessed",
};

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
  const { weakness } = await judgePassword(password ?? "", {
    minScore: portal.settings.minPasswordScore,
    personal: [...personal, portal.practiceName, portal.org],
    isScored: isElseRight,
  });
  return weakness ? [{ field: "account.password", message: messages[weakness], code: "kPasswordStrength" }] : [];
}
