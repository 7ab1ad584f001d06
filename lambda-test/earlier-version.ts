import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root, synthesize } from "./machine.ts";

/** An earlier commit, or why there is none to compare with. */
export type Earlier = { readonly commit: string; readonly name: string } | { readonly missing: string };

const git = (...args: string[]): string =>
  execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

/** What git prints; `undefined` if it fails. */
function tryGit(...args: string[]): string | undefined {
  try {
    return git(...args) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds the commit that this checkout is compared with: the stated one, else that of the newest tag `v*` before this
 * commit, else the commit before this one.
 */
export function findEarlier(stated: string | undefined): Earlier {
  if (tryGit("rev-parse", "--git-dir") === undefined) return { missing: "this folder is no git repository" };
  const name = stated ?? tryGit("describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD^") ?? "HEAD^";
  const commit = tryGit("rev-parse", "--verify", "--quiet", `${name}^{commit}`);
  if (commit) return { commit, name: name === "HEAD^" ? commit.slice(0, 7) : name };
  const isShallow = tryGit("rev-parse", "--is-shallow-repository") === "true";
  return { missing: isShallow ? `this clone is shallow and has no ${name}` : `there is no commit ${name}` };
}

/**
 * Synthesizes the stacks of an earlier commit, by its own code.
 * @param scratch an empty folder
 * @returns the folder of the assembly
 * @throws Error when that fails
 */
export function synthesizeEarlier(commit: string, scratch: string, say: (line: string) => void): string {
  const checkout = join(scratch, "earlier");
  mkdirSync(checkout);
  const archive = execFileSync("git", ["archive", commit], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", checkout], { input: archive });
  const assembly = join(scratch, "earlier.out");
  const folders = ["node_modules", "cdk/native/node_modules"].map((folder) => join(checkout, folder));
  const locks = ["package-lock.json", "cdk/native/package-lock.json"];
  const changed = locks.filter((file) => textOf(root, file) !== textOf(checkout, file));
  if (changed.length > 0)
    say(`The earlier commit has another ${changed.join(" and ")}; its code gets the packages of now.`);
  for (const [place, folder] of ["node_modules", "cdk/native/node_modules"].entries()) {
    symlinkSync(join(root, folder), String(folders[place]));
  }
  try {
    synthesize(checkout, assembly);
  } catch (error) {
    if (changed.length === 0) throw error;
    say("That does not suffice, so its own packages are installed …");
    for (const folder of folders) rmSync(folder);
    // Scripts install Node and the packages for Lambda's machine.
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: checkout, stdio: "inherit" });
    rmSync(assembly, { recursive: true, force: true });
    synthesize(checkout, assembly);
  }
  return assembly;
}

/** A file's text; `undefined` if there is no such file. */
function textOf(folder: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch {
    return undefined;
  }
}
