import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { Complaint } from "../failure.ts";

/**
 * Makes sure that only one process imports a file: two would write one journal.
 * @returns a function that ends the lock
 * @throws Complaint while another process has it
 */
export function lock(path: string): () => void {
  const own = `${process.pid} ${hostname()}\n`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(path, own, { flag: "wx", mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw new Complaint(
          `${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`,
          "Copy the file that you import into a folder where you can write.",
        );
      }
      if (isHeld(path)) {
        throw new Complaint(
          `another process is importing this file (${readFileSync(path, "utf8").trim()})`,
          `If it is not running any more, delete ${path}`,
        );
      }
      // Its process was killed.
      rmSync(path, { force: true });
    }
  }
  throw new Complaint("another process is importing this file");
}

function isHeld(path: string): boolean {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return false;
  }
  const [, pid, host] = /^(\d+) (.+)\n$/.exec(text) ?? [];
  // It has just been created, or is on another machine whose processes cannot be seen.
  if (pid === undefined || host !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
