import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./lockfiles.ts";

/** Known weaknesses of what is installed, from the registry's database. */

/** Weaknesses that we have looked at, by the address of their advisory. */
const accepted: readonly { readonly advisory: string; readonly reason: string; readonly until: string }[] = [];

/** The answer of `npm audit --json`, as far as it is used. */
interface Audit {
  readonly vulnerabilities?: Readonly<
    Record<
      string,
      {
        readonly severity: string;
        readonly via: readonly (string | { readonly url: string; readonly title: string })[];
      }
    >
  >;
  readonly message?: string;
}

/** Weaknesses that must be dealt with: high and critical ones that nobody has accepted, or not for today. */
export function auditProblems({ vulnerabilities = {} }: Audit, today: string): readonly string[] {
  return Object.entries(vulnerabilities)
    .filter(([, { severity }]) => ["high", "critical"].includes(severity))
    .flatMap(([name, { severity, via }]) =>
      via.flatMap((cause) => (typeof cause === "string" ? [] : [{ name, severity, ...cause }])),
    )
    .filter(({ url }) => !accepted.some(({ advisory, until }) => advisory === url && today <= until))
    .map(({ name, severity, title, url }) => `${name}: ${severity}: ${title} (${url})`);
}

/**
 * Asks the registry about a lockfile.
 * @param folder of the lockfile. Of the root, only what is shipped counts: the others are tools
 * @returns the answer; or, where the registry cannot be asked, the reason
 */
export async function audit(folder: string): Promise<Audit | { readonly missing: string }> {
  const omit = folder === "." ? ["--omit", "dev"] : [];
  const args = ["audit", "--json", "--package-lock-only", ...omit];
  const printed = await promisify(execFile)("npm", args, { cwd: join(root, folder), timeout: 120_000 }).then(
    ({ stdout }) => stdout,
    // It also exits with 1 when it has found something.
    ({ stdout }: { stdout?: string }) => stdout ?? "",
  );
  const answer = (printed.trim() === "" ? { message: "npm said nothing" } : JSON.parse(printed)) as Audit;
  return answer.vulnerabilities
    ? answer
    : { missing: `the registry cannot be asked: ${answer.message ?? "no answer"}` };
}
