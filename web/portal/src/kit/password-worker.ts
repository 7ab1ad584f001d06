import { type JudgedPassword, judgePassword } from "../../../../lib/accounts/sign-in/password-rule.ts";
import { normalisePassword, personalOf } from "../../../../lib/accounts/sign-in/password-text.ts";

/**
 * Judges new passwords by the rule of the server. It runs beside the page, so that typing stays quick: the word lists are
 * large, and scoring a password can take longer than a key is pressed.
 */

/** Somebody who chooses a password, as far as the page knows them. An account is one, too. */
export interface Chooser {
  readonly email?: string | undefined;
  readonly name?: { readonly first?: string; readonly middle?: string; readonly last?: string } | undefined;
  readonly mobile?: string | undefined;
}

/** A password to judge. */
export interface Question {
  readonly number: number;
  readonly password: string;
  readonly chooser: Chooser;
  /** Further words that are no password: those of the practice. */
  readonly words: readonly string[];
  readonly minScore: number;
}

/** What came of a question. Without `judged` the word lists cannot be loaded. */
export interface Answer {
  readonly number: number;
  readonly judged?: JudgedPassword;
}

/** A number as the server stores it, if it has the form that people in the United States write. */
function storedMobile(mobile: string): string {
  const digits = mobile.replace(/[^\d+]/g, "");
  if (digits.startsWith("+")) return digits;
  return digits.length === 10 ? `+1${digits}` : `+${digits}`;
}

function judge({ password, chooser, words, minScore }: Question): Promise<JudgedPassword> {
  const { email = "", name, mobile = "" } = chooser;
  const personal = [
    ...personalOf({ email, document: { name, ...(mobile && { mobile: storedMobile(mobile) }) } }),
    ...words,
  ];
  return judgePassword(normalisePassword(password) ?? "", { minScore, personal, isScored: true });
}

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  const { number } = data;
  judge(data)
    .then((judged): Answer => ({ number, judged }))
    .catch((): Answer => ({ number }))
    .then((answer) => postMessage(answer));
});

// The page starts this when the field gets the focus, so that the lists are there when something was typed.
import("../../../../lib/accounts/sign-in/password-judge.ts").catch(() => {});
