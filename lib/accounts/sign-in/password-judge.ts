import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as commonWords } from "@zxcvbn-ts/language-common";
import { dictionary as englishWords, translations } from "@zxcvbn-ts/language-en";

const judge = new ZxcvbnFactory({
  dictionary: { ...commonWords, ...englishWords },
  graphs: adjacencyGraphs,
  translations,
});

/**
 * How hard a password is to guess: 0 to 4. To be imported when one is to be judged and not before: the word lists are
 * larger than all the rest of a function, and take longer to load.
 * @param personal what the holder is known by
 * @see https://github.com/dropbox/zxcvbn
 */
export const scorePassword = (password: string, personal: string[]): number => judge.check(password, personal).score;
