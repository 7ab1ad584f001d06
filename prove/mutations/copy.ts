import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Break, broken } from "./breaks.ts";

/** A copy of the tree, in which one break at a time is made. The tree itself is never changed. */
export interface Copy extends Disposable {
  /** Its folder. */
  readonly folder: string;
  /** Does something while the break is in the copy. @throws Complaint if the break does not fit its file */
  readonly during: <Result>(each: Break, act: () => Promise<Result>) => Promise<Result>;
}

/** Folders of packages, which the copy shares with the tree. */
const packages = ["node_modules", "cdk/native/node_modules"];

/** Copies all files that git knows or would add. @param root the tree */
export function makeCopy(root: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-mutations-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of new Set(listed.toString().split("\0"))) {
    if (file !== "" && existsSync(join(root, file))) cpSync(join(root, file), join(folder, file));
  }
  for (const each of packages) {
    if (existsSync(join(root, each))) symlinkSync(resolve(root, each), join(folder, each), "junction");
  }
  return {
    folder,
    async during(each, act) {
      const file = join(folder, each.file);
      const whole = readFileSync(file, "utf8");
      writeFileSync(file, broken(each, whole));
      try {
        return await act();
      } finally {
        writeFileSync(file, whole);
      }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
