/** A part of the proof: a section of docs/reliability.md. */
export interface Part {
  /** Its heading on the page. */
  readonly title: string;
  /** What runs it: arguments of `node`. It reports its counts by test/kit/proof.ts. */
  readonly run: readonly string[];
}

const vitest = "node_modules/vitest/vitest.mjs";

/** A suite that `npm test` runs small. */
const suite = (title: string, ...files: readonly string[]): Part => ({
  title,
  run: [vitest, "run", "--project=shared", "--project=own process", ...files],
});

const program = (title: string, file: string): Part => ({ title, run: [file] });

/** All parts, by the names that `npm run prove -- NAME` takes, in the order of docs/reliability.md. */
export const parts: Readonly<Record<string, Part>> = {
  model: suite("A model under faults", "test/reliability/model.test.ts"),
  crashes: suite("Crashes", "test/reliability/crashes.test.ts"),
  linearizability: suite("Linearizability", "test/reliability/linearizability.test.ts"),
  isolation: suite("Isolation", "test/reliability/isolation.test.ts"),
  fuzz: suite("Random input", "test/reliability/fuzz.test.ts"),
  schemathesis: program("Schemathesis", "schemathesis-test/main.ts"),
  enumeration: suite("Enumeration by time", "test/reliability/enumeration.test.ts"),
  mutations: program("Mutations", "prove/mutations/main.ts"),
  supply: program("Supply", "supply-test/main.ts"),
  soak: suite("Soak", "test/reliability/soak.test.ts"),
};
