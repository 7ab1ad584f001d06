import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Package, root, trackedFiles } from "./lockfiles.ts";

/** Whether everything that we install has one version, and is what it was when we looked at it. */

type Json = Readonly<Record<string, unknown>>;

/** One version, also under another name. `file:` leads to a folder of this repository. */
const exact = /^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.-]+)?$|^file:[\w-]+$/;

/** Dependencies of a `package.json` that may change by themselves. @param text of the file */
export function versionProblems(file: string, text: string): readonly string[] {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(text) as Record<string, Json | undefined>;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !exact.test(String(version)))
    .map(([name, version]) => `${file}: ${name} ${version} is not one version`);
}

/**
 * Packages of lockfiles that could change, or come from elsewhere. A lockfile of ours names no registry, so that a mirror may be
 * used; where one does, it is the address of a package in a registry.
 */
export function integrityProblems(packages: readonly Package[]): readonly string[] {
  return packages.flatMap(({ folder, name, version, integrity, inBundle, resolved }) => {
    const at = `${folder}: ${name} ${version}`;
    // What another package brings along is part of that package, which has the hash.
    const hashed = inBundle || /^sha512-/.test(integrity ?? "");
    const fromRegistry = resolved === undefined || /^https:\/\/[^/]+\/.*\/-\/[^/]+\.tgz$/.test(resolved);
    return [
      ...(hashed ? [] : [`${at} has no SHA-512`]),
      ...(fromRegistry ? [] : [`${at} comes from ${resolved}, which is no registry`]),
    ];
  });
}

/** Packages that want to run a program when they are installed, without a decision in `allowScripts` of their `package.json`. */
export function scriptProblems(packages: readonly Package[], allowed: Json): readonly string[] {
  return packages
    .filter(({ hasInstallScript }) => hasInstallScript)
    .filter(({ name, isShipped }) => !Object.hasOwn(allowed, name) || (isShipped && allowed[name] === true))
    .map(({ folder, name, isShipped }) =>
      isShipped
        ? `${folder}: ${name} is shipped, and runs a program when it is installed`
        : `${folder}: ${name} runs a program when it is installed: say true or false in allowScripts`,
    );
}

/** `allowScripts` of a folder's `package.json`. */
export const allowedScripts = (folder: string): Json =>
  (JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { allowScripts?: Json }).allowScripts ?? {};

/** Actions of GitHub that are not named by the hash of a commit. @param text of a workflow */
export const actionProblems = (file: string, text: string): readonly string[] =>
  [...text.matchAll(/uses: *["']?([^\s"'#]+)/g)]
    .map(([, action = ""]) => action)
    .filter((action) => !action.startsWith("./") && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(action))
    .map((action) => `${file}: ${action} is not pinned to a commit`);

/** Packages of Python without one version. @param text of a file of requirements */
export const requirementProblems = (file: string, text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "" && !/^[\w.-]+(\[[\w,.-]+\])?==[\w.]+( *;.*)?$/.test(line))
    .map((line) => `${file}: ${line} is not one version`);

/** What a check says about each tracked file whose path matches. */
export const inFiles = (
  pattern: RegExp,
  problems: (file: string, text: string) => readonly string[],
): readonly string[] =>
  trackedFiles()
    .filter((file) => pattern.test(file))
    .flatMap((file) => problems(file, readFileSync(join(root, file), "utf8")));

/** The folders that have a `package.json`. */
export const packageFolders = (): readonly string[] =>
  trackedFiles()
    .filter((file) => /(^|\/)package\.json$/.test(file))
    .map(dirname);
