/** An error that the user of a program can fix. Its message is one line; the program prints only that line. */
export class Complaint extends Error {}

/** Runs a program. An error ends it with exit code 1 and is printed: a `Complaint` as one line, a bug with its stack trace. */
export async function orComplain(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    console.error(error instanceof Complaint ? error.message : error);
    process.exit(1);
  }
}
