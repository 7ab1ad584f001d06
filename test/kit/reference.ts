import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";

/**
 * Numbers that tests have counted before, in a file of JSON. Tests compare what they count now; `npm run count` writes the file.
 * @param units what the numbers of an entry count, in their order
 * @param tolerance how far a number may be from the one in the file, as a share of it
 */
export function referenceIn(file: URL, units: readonly string[], tolerance: number) {
  const path = fileURLToPath(file);
  const isWriting = process.env.FRONTDESK_COUNT === "write";
  const known = JSON.parse(readFileSync(path, "utf8")) as Readonly<Record<string, readonly number[]>>;
  const counted = new Map<string, readonly number[]>();
  afterAll(() => {
    if (!isWriting) return;
    const lines = [...counted].map(([name, numbers]) => `  ${JSON.stringify(name)}: [${numbers.join(", ")}]`);
    writeFileSync(path, `{\n${lines.join(",\n")}\n}\n`);
  });
  return {
    /** Compares the names of the entries in the file. @throws AssertionError when one is missing, or there is another */
    compareNames(names: readonly string[]): void {
      if (!isWriting) expect(Object.keys(known)).toEqual(names);
    },
    /** Compares what was counted with the file. @throws AssertionError that says what differs and what to do */
    compare(name: string, numbers: readonly number[]): void {
      counted.set(name, numbers);
      if (isWriting) return;
      const before = known[name] ?? [];
      const differing = units.flatMap((unit, place) => {
        const [now = 0, then = 0] = [numbers[place], before[place]];
        return Math.abs(now - then) <= then * tolerance ? [] : [`${unit}: ${now}, before: ${then}`];
      });
      const advice = "If that is meant, or an improvement, `npm run count` writes the new numbers.";
      expect(differing, `${name} differs by more than ${tolerance * 100} %. ${advice}`).toEqual([]);
    },
  };
}
