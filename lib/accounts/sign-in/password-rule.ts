/**
 * The rule for new passwords (contract accounts §2, Password strength). The server and the pages of portals judge by it, so
 * it imports nothing that a browser does not have.
 */

/** How many characters a password has at least. */
export const passwordCharactersMin = 8;
/** How many characters a password has at most. */
export const passwordCharactersMax = 256;
/**
 * Only this many characters are scored. They are enough, and the work grows faster than the length: `npm run bench:hash`
 * compares the worst passwords with a hash.
 */
const judgedCharacters = 24;
/** A password needs this many characters besides a personal word. */
const otherCharactersMin = 4;

/** What a password is held against. */
export interface PasswordRules {
  /** The portal's lowest accepted zxcvbn score, 0 to 4. */
  readonly minScore: number;
  /** Names, addresses and numbers of the holder and the portal. */
  readonly personal: readonly string[];
  /** Whether it is scored, which takes the time of a hash or more. */
  readonly isScored: boolean;
}

/** What is found about a password. */
export interface JudgedPassword {
  /** Why it is refused: too short or too long, little more than a personal word, or too easily guessed. */
  readonly weakness?: "short" | "long" | "personal" | "guessable";
  /** How hard it is to guess, from 0 to 4. Absent where it was not scored. */
  readonly score?: number;
}

/** Blanks, dashes, and the signs between the parts of names, addresses and numbers. */
const separators = /[\s\p{Pd}\p{Pc}.,;:'’/\\()+@]/gu;
const folded = (text: string) => text.normalize("NFKC").toLowerCase().replace(separators, "");
const characters = (text: string) => [...text].length;

/** Whether a password is a personal word, or little more than one. Letter case and separators make no difference. */
function isPersonal(password: string, personal: readonly string[]): boolean {
  const secret = folded(password);
  return personal
    .map(folded)
    .filter(Boolean)
    .some((word) => secret.includes(word) && characters(secret.replaceAll(word, "")) < otherCharactersMin);
}

/**
 * Judges a new password. Loads the word lists when it has to be scored.
 * @param password in the form in which it is hashed
 */
export async function judgePassword(
  password: string,
  { minScore, personal, isScored }: PasswordRules,
): Promise<JudgedPassword> {
  const length = characters(password);
  if (length < passwordCharactersMin) return { weakness: "short" };
  if (length > passwordCharactersMax) return { weakness: "long" };
  if (isPersonal(password, personal)) return { weakness: "personal" };
  if (!isScored) return {};
  const own = [...new Set(personal.filter(Boolean).flatMap((text) => [text.toLowerCase(), folded(text)]))];
  const { scorePassword } = await import("./password-judge.ts");
  const score = scorePassword(password.slice(0, judgedCharacters), own);
  return score < minScore ? { weakness: "guessable", score } : { score };
}
