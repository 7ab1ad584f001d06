/** Runs checks, counts them, and prints for each of them whether it passed. */
export class Tally {
  readonly counts = { passed: 0, failed: 0 };
  readonly #say: (line: string) => void;

  /** @param say receives one line for each check, and below it the rest of the reason why it failed */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Runs a check. It fails if it throws; then the error's message is printed, and what a program that failed has printed. */
  readonly check = async (title: string, work: () => unknown): Promise<void> => {
    try {
      await work();
      this.counts.passed += 1;
      this.#say(`ok      ${title}`);
    } catch (error) {
      this.counts.failed += 1;
      this.#say(`FAILED  ${title}: ${reasonOf(error).replaceAll("\n", "\n        ")}`);
    }
  };

  /** The last line of a run, from which CI takes its sum. */
  get summary(): string {
    return `${this.counts.passed} passed, ${this.counts.failed} failed`;
  }
}

const maxOutput = 10_000;

/** The message of an error, and what the program that failed with it has printed. */
function reasonOf(error: unknown): string {
  const { message, stdout = "", stderr = "" } = error as Error & { stdout?: string; stderr?: string };
  return [message, stdout, stderr].join("\n").trim().slice(0, maxOutput);
}
