/** Something that whoever started the program can mend; its message, one line, is all they need to see. */
export class Complaint extends Error {}

/** Runs a program. What it throws ends it with exit code 1: a Complaint with its line on stderr, a bug with its stack. */
export async function orComplain(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    console.error(error instanceof Complaint ? error.message : error);
    process.exit(1);
  }
}
