import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as commonWords } from "@zxcvbn-ts/language-common";
import { dictionary as englishWords, translations } from "@zxcvbn-ts/language-en";

const judge = new ZxcvbnFactory({
  dictionary: { ...commonWords, ...englishWords },
  graphs: adjacencyGraphs,
  translations,
  // With the default of 100, digits and signs that can stand for letters make the work grow tenfold.
  l33tMaxSubstitutions: 2,
});

/**
 * Returns how hard a password is to guess, from 0 to 4. Import this file only when a password must be scored: its word
 * lists are larger than the rest of a function, and slower to load.
 * @param personal names and e-mail address of the holder
 * @see https://github.com/dropbox/zxcvbn
 */
export const scorePassword = (password: string, personal: string[]): number => judge.check(password, personal).score;
