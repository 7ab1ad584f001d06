import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The test files that take longest. Most of them wait for clocks or other programs. */
const longest = [
  "cli/whole-way.test.ts",
  "faults/faults.test.ts",
  "local/main.test.ts",
  "faults/keyed.test.ts",
  "local/erase-practice.test.ts",
  "client/readmes.test.ts",
  "cdk/access.test.ts",
  "functions/workers/erase-practice.test.ts",
  "local/vendor.test.ts",
  "registry/removed-rights.test.ts",
  "accounts-security/sessions.test.ts",
  "registry/races.test.ts",
  "registry/text.test.ts",
  "cdk/options.test.ts",
];

/**
 * Starts the longest test files first, so that no worker is still busy when the others have finished. Vitest itself knows
 * how long files take only after the first run; until then it starts the largest first.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((file) => moduleId.endsWith(`/test/${file}`));
      return place === -1 ? longest.length : place;
    };
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
