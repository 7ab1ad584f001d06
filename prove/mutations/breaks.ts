import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Complaint } from "../../tools/complaint.ts";

/** Where the lists are, from the root of the tree. */
const listsFolder = "prove/mutations/breaks";

/** One mistake that a person could make in one line of the code: a line of a list. */
export interface Break {
  /** List and line, such as `lib-table.tsv:12`. */
  readonly place: string;
  /** The file that gets the mistake, from the root of the tree. */
  readonly file: string;
  /** The text that stands exactly once in the file. */
  readonly before: string;
  /** What stands there instead. */
  readonly after: string;
  /** The test files that must fail. */
  readonly tests: readonly string[];
  /** Whether a test that runs into its time limit counts as failed. The line says so in a fifth column. */
  readonly mayTimeOut: boolean;
}

/** Reads one line. @returns nothing for a comment or an empty line. @throws Complaint for a line of another form */
function readLine(text: string, place: string): Break | undefined {
  if (text.trim() === "" || text.startsWith("#")) return undefined;
  const [file, before, after, tests, note, ...rest] = text.split("\t");
  if (!file || !before || after === undefined || !tests || rest.length > 0) {
    throw new Complaint(
      `${place}: a line has a file, the text before, the text after and test files, with tabs between.`,
    );
  }
  if (note !== undefined && note !== "time-out")
    throw new Complaint(`${place}: the fifth column can only be time-out.`);
  return { place, file, before, after, tests: tests.split(" "), mayTimeOut: note !== undefined };
}

/** Reads all lists of a tree. @param root the tree. @throws Complaint for a line of a wrong form */
export const readBreaks = (root: string): readonly Break[] =>
  readdirSync(join(root, listsFolder))
    .filter((name) => name.endsWith(".tsv"))
    .sort()
    .flatMap((name) =>
      readFileSync(join(root, listsFolder, name), "utf8")
        .split("\n")
        .flatMap((text, index) => readLine(text, `${name}:${index + 1}`) ?? []),
    );

/**
 * The text of a file with a break in it.
 * @param text the whole text of the break's file
 * @throws Complaint if the text before does not stand exactly once in the file, or nothing changes
 */
export function broken({ place, file, before, after }: Break, text: string): string {
  const times = text.split(before).length - 1;
  if (times !== 1) throw new Complaint(`${place}: ${file} has "${before}" ${times} times instead of once.`);
  if (before === after) throw new Complaint(`${place}: the text before and the text after are equal.`);
  return text.replace(before, () => after);
}
