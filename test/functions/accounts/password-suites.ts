import { describe, it } from "vitest";
import { freshEmail } from "../../kit/portal.ts";
import type { Response } from "../../kit/system.ts";
import { expectFault, named } from "./accounts-contract.ts";

/** Tries to set the password of a new person. */
type Attempt = (
  password: unknown,
  minPasswordScore: number,
  holder?: { name: { first: string; middle?: string; last: string }; email: string },
) => Promise<Response>;

const weak = [["kPasswordStrength", "account.password"]] as const;

/**
 * Tests the password rules of an operation that sets one. All operations use the same function, so one of them is tried
 * with every password and the others with some. Each operation collects the personal words itself, so each is tried with
 * all of those.
 * @param expectSet asserts that the password was set
 * @param every whether to try every password
 */
export function describePasswordStrength(
  attempt: Attempt,
  expectSet: (response: Response) => void,
  { every }: { readonly every: boolean },
): void {
  const some = <T>(values: readonly T[], number = 1): readonly T[] => (every ? values : values.slice(0, number));
  describe("password strength", () => {
    const good: readonly [string, string][] = [
      ["8 characters", "q7#Vz!9p"],
      ["8 characters beyond the Basic Multilingual Plane", "🐙🎷🪁🥝🛶🦉🧲🪴"],
      ["one kind of character only", "grmplovaskitu"],
      ["blanks, also at the ends", " tulip rhubarb vexed 9 "],
      ["256 characters", "Vexed tulips jog by 9 rhubarbs. ".repeat(8)],
    ];
    it.each(some(good))("takes %s", async (_, password) => {
      expectSet(await attempt(password, 2));
    });
    const bad: readonly [string, unknown][] = [
      ["7 characters", "q7#Vz!9"],
      ["a common one", "password"],
      ["7 characters that are 14 code units", "🐙🎷🪁🥝🛶🦉🧲"],
      ["257 characters", `${"Vexed tulips jog by 9 rhubarbs. ".repeat(8)}x`],
      ["100,000 characters", "q7#Vz!9p".repeat(12_500)],
      ["a common one with a number and a capital, as composition rules want it", "Password1"],
      ["a row of keys", "qwertyuiop"],
      ["a repeated character", "aaaaaaaaaaaa"],
      ["a number instead of text", 7_294_816_350],
      ["an object", { $ne: "" }],
    ];
    it.each(some(bad, 2))(`${named("kValidationError")} with kPasswordStrength: %s`, async (_, password) => {
      expectFault(await attempt(password, 2), "kValidationError", weak);
    });
    it.each([
      ["the e-mail", "zebulon.quackenbush@example.org"],
      ["the e-mail in capitals", "ZEBULON.QUACKENBUSH@EXAMPLE.ORG"],
      ["the first name", "Zebulonius"],
      ["the last name", "quackenbush"],
      ["the whole name", "Zebulonius Quackenbush"],
      ["the name and three characters", "12quackenbush3"],
      ["the name between separators", "-Zebulonius.Quackenbush_"],
      ["the name in full-width letters", "ｑｕａｃｋｅｎｂｕｓｈ"],
      ["the mobile number", "+16505555555"],
      ["the mobile number without the 1, with separators", "(650) 555-5555"],
      ["the mobile number and three characters", "6505555555abc"],
    ])(`${named("kValidationError")} with kPasswordStrength: %s`, async (_, password) => {
      // One address gets only a few mails an hour.
      const email = /@/.test(password) ? password.toLowerCase() : freshEmail();
      const holder = { name: { first: "Zebulonius", last: "Quackenbush" }, email };
      expectFault(await attempt(password, 1, holder), "kValidationError", weak);
    });
    const manyNames = { first: "Ｚebulonius", middle: " Herbertaxy ", last: "Quackenbush" };
    const accented = { first: "Jose\u0301", last: "Quixotenberg" };
    // Regression: middle names were ignored, and names were not normalised as passwords are.
    it.each([
      ["the name with the middle name", "Zebulonius Herbertaxy Quackenbush", manyNames],
      ["the middle name", "herbertaxy", manyNames],
      ["a name in another form of its letters", "Zebulonius", manyNames],
      ["both, with marks written apart", "Jose\u0301 Quixotenberg", accented],
    ])(`${named("kValidationError")} with kPasswordStrength: %s`, async (_, password, name) => {
      expectFault(await attempt(password, 1, { name, email: freshEmail() }), "kValidationError", weak);
    });
    it("must have at least the score that the portal requires", async () => {
      // The zxcvbn scores of these passwords are 0 to 4. No portal accepts 0.
      const passwords = ["password", "password9Q", "gruntle82", "vexedtulips", "vexed tulips jog 9 rhubarbs"];
      for (const [score, password] of passwords.entries()) {
        if (score > 0) expectSet(await attempt(password, score));
        if (score < 4) expectFault(await attempt(password, score + 1), "kValidationError", weak);
      }
    });
    it.each(some([undefined, null, ""]))(`${named("kValidationError")} with kRequired: %j`, async (password) => {
      expectFault(await attempt(password, 2), "kValidationError", [["kRequired", "account.password"]]);
    });
  });
}
