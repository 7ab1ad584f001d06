import type { Package } from "./lockfiles.ts";

/** Which licences we accept. */

/** For what is shipped: licences that ask for no more than to be named, or for nothing at all. */
const shipped = ["MIT", "Apache-2.0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Unlicense"];
/** For tools and tests, which nobody receives from us. */
const tools = [...shipped, "BlueOak-1.0.0", "MPL-2.0", "Python-2.0", "CC0-1.0", "CC-BY-4.0"];

/** Packages with another licence, or without one in their description, by name; each with the reason why they may be used. */
const exceptions: readonly { readonly name: RegExp; readonly reason: string }[] = [
  {
    name: /^@img\/sharp-(libvips-|wasm32$|webcontainers-|win32-)/,
    reason:
      "LGPL-3.0: libvips is a library of its own, which sharp loads when it runs; we ship it unchanged with its licence",
  },
  { name: /^(busboy|streamsearch)$/, reason: "MIT by its file LICENSE; the description has the older form `licenses`" },
  { name: /^(limiter|precond)$/, reason: "MIT by its README; only the benchmark's peers install it" },
  { name: /^pastable$/, reason: "MIT by its repository; only a test of generators installs it" },
  { name: /^tv4$/, reason: "public domain or MIT, in the older form of a list; only the benchmark's peers install it" },
];

/** Whether an expression of SPDX names only accepted licences. `OR` needs one of both sides, `AND` both. @internal */
export function isAccepted(expression: string, accepted: readonly string[]): boolean {
  const plain = expression.trim().replace(/^\(([^()]*)\)$/, "$1");
  if (plain.includes(" OR ")) return plain.split(" OR ").some((part) => isAccepted(part, accepted));
  return plain.split(" AND ").every((part) => accepted.includes(part.trim()));
}

/** What is wrong with the licences of packages, a sentence each. */
export function licenceProblems(packages: readonly Package[]): readonly string[] {
  return packages
    .filter(
      ({ license, isShipped }) => typeof license !== "string" || !isAccepted(license, isShipped ? shipped : tools),
    )
    .filter(({ name }) => !exceptions.some((exception) => exception.name.test(name)))
    .map(({ name, version, license, isShipped, folder }) => {
      const what = license === undefined ? "states no licence" : `has the licence ${JSON.stringify(license)}`;
      return `${folder}: ${name} ${version} ${what}, which is not accepted for ${isShipped ? "what we ship" : "tools"}`;
    });
}

/** The exceptions that no package needs. */
export const uselessExceptions = (packages: readonly Package[]): readonly string[] =>
  exceptions
    .filter(({ name }) => !packages.some((each) => name.test(each.name)))
    .map(({ name }) => `nothing is named ${name}`);
