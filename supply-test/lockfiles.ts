import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the lockfiles of this repository install. */

/** The folder of the repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** A package in a lockfile (version 3 of npm's format). */
interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: unknown;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package that a lockfile installs. */
export interface Package extends Locked {
  readonly name: string;
  readonly version: string;
  /** Its place, such as `node_modules/zod`. */
  readonly place: string;
  /** The folder of the lockfile, such as `cdk/native`; `.` for the root. */
  readonly folder: string;
  /** Whether it is shipped: in a function, on a page or with the command line. */
  readonly isShipped: boolean;
}

/** A lockfile with its packages. */
export interface Lockfile {
  readonly folder: string;
  readonly packages: readonly Package[];
}

/** The lockfiles of what runs in a deployment. All others install tools, tests and programs to compare with. */
const deployed = [".", "cdk/native"];

/** The files that git knows, relative to the root. */
export function trackedFiles(): readonly string[] {
  return execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 })
    .split("\0")
    .filter((file) => file !== "");
}

/** The name of a package from its place. */
const nameOf = (place: string) => place.split("node_modules/").at(-1) as string;

/**
 * The places of packages with all that they depend on.
 * @internal
 * @param names the packages that the root of the lockfile depends on
 */
export function closure(locked: Readonly<Record<string, Locked>>, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    const place = placeOf(locked, name, from);
    if (place === undefined || found.has(place)) return;
    found.add(place);
    const { dependencies, optionalDependencies, peerDependencies } = locked[place] ?? {};
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      visit(needed, place);
  };
  for (const name of names) visit(name, "");
  return found;
}

/** Where a package at a place finds another one, as Node looks for it. */
function placeOf(locked: Readonly<Record<string, Locked>>, name: string, from: string): string | undefined {
  const place = from === "" ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  if (locked[place]) return place;
  if (from === "") return undefined;
  return placeOf(
    locked,
    name,
    from.includes("/node_modules/") ? from.slice(0, from.lastIndexOf("/node_modules/")) : "",
  );
}

/** The packages that pages load: those that files of `web/` import, and those that it serves. @internal */
export function packagesOfPages(): readonly string[] {
  const files = readdirSync(join(root, "web"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => /\.(ts|tsx|js)$/.test(file) && !file.includes("build.ts"));
  const names = sources.flatMap((file) => {
    const text = readFileSync(join(root, "web", file), "utf8");
    const imports = text.matchAll(/(?:from |import |import\.meta\.resolve\()["'`]((?:@[\w-]+\/)?[\w-]+)/g);
    return [...imports].map(([, name]) => name as string);
  });
  return [...new Set(names)].filter((name) => name !== "node");
}

/** Reads one lockfile. @param folder relative to the root */
export function readLockfile(folder: string): Lockfile {
  const { packages: locked } = JSON.parse(readFileSync(join(root, folder, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const onPages = folder === "." ? closure(locked, packagesOfPages()) : new Set<string>();
  const packages = Object.entries(locked)
    .filter(([place, { link }]) => place.includes("node_modules/") && !link)
    .map(([place, each]) => ({
      ...each,
      ...{ name: nameOf(place), version: String(each.version), place, folder },
      isShipped: deployed.includes(folder) && ((!each.dev && !each.devOptional) || onPages.has(place)),
    }));
  return { folder, packages };
}

/** All lockfiles of the repository. */
export const lockfiles = (): readonly Lockfile[] =>
  trackedFiles()
    .filter((file) => /(^|\/)package-lock\.json$/.test(file))
    .map((file) => readLockfile(dirname(file)));
