import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root, trackedFiles } from "./lockfiles.ts";

/** Looks for secrets in files and in the history of git: texts with the form of well-known keys, and assignments of random texts. */

/** The forms of secrets. */
const forms: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "a key id of AWS", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { what: "a private key", pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/g },
  { what: "a token of GitHub", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b/g },
  { what: "a token of Slack", pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g },
  { what: "a key of Stripe", pattern: /\b[rs]k_live_[A-Za-z0-9]{20,}\b/g },
  { what: "a key of Google", pattern: /\bAIza[A-Za-z0-9_-]{35}\b/g },
  { what: "a token of npm", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { what: "a JSON Web Token", pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g },
  {
    what: "a random text with the name of a secret",
    pattern: /(?:secret|token|passw(?:or)?d|api_?key|access_?key)["']?\s*[:=]\s*["']([A-Za-z0-9+/_=-]{20,})["']/gi,
  },
];

/** Texts with such a form that are no secrets; each with the reason. */
const known: readonly { readonly text: RegExp; readonly reason: string }[] = [
  { text: /^A(?:KIA|SIA)IOSFODNN7EXAMPLE$/, reason: "AWS's own example" },
  { text: /^(?:Zk3vQ9xT1bN7mC5|Qm7cVbX2nL9sTzR)\w{17}$/, reason: "a sample of openapi/samples.ts, made up" },
  {
    text: /^(?:kPBg3AACpwTzhiO|lBMSJWtqKVdx8Z8|fDQEdMnfqxmFvCB|P07uqKLlXDWjj3s|cUdg8LCspNtSVDP)\w{16,18}$/,
    reason: "printed in the public documentation that the contract of accounts is from",
  },
  { text: /^FrontdeskEdge-[\w-]+\/CloudFrontSecret$/, reason: "the name of a parameter, not its value" },
];

/** Bits of information in each character of a text. Random ones have more than 4. @internal */
export function entropyOf(text: string): number {
  const counts = Object.values(Object.groupBy([...text], (letter) => letter)).map(
    (same) => (same?.length ?? 0) / text.length,
  );
  return -counts.reduce((sum, share) => sum + share * Math.log2(share), 0);
}

const entropyMin = 4;

/** The secrets in a text: what each is, without the secret itself. @internal */
export function secretsIn(text: string): readonly string[] {
  return forms.flatMap(({ what, pattern }) =>
    [...text.matchAll(pattern)]
      .map(([whole, value]) => ({ secret: value ?? whole, isNamed: value !== undefined }))
      .filter(({ secret, isNamed }) => !isNamed || entropyOf(secret) > entropyMin)
      .filter(({ secret }) => !known.some((each) => each.text.test(secret)))
      .map(({ secret }) => `${what}: ${secret.slice(0, 6)}… (${secret.length} characters)`),
  );
}

/** The secrets in files. @param folder that the files are relative to @internal */
export const secretsInFiles = (folder: string, files: readonly string[]): readonly string[] =>
  files
    .filter((file) => existsSync(join(folder, file)))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "latin1");
      if (secretsIn(text).length === 0) return [];
      return text
        .split("\n")
        .flatMap((line, place) => secretsIn(line).map((secret) => `${file}:${place + 1}: ${secret}`));
    });

/** The secrets in the files that git knows. */
export const secretsInTree = (): readonly string[] => secretsInFiles(root, trackedFiles());

/** What the history of git has told. */
export interface History {
  readonly commits: number;
  readonly secrets: readonly string[];
}

/** The secrets in every line that a commit has ever added. `undefined` where there is no history. */
export async function secretsInHistory(): Promise<History | undefined> {
  if (!existsSync(join(root, ".git"))) return undefined;
  const args = [
    "log",
    "--all",
    "--no-merges",
    "--no-color",
    "--no-ext-diff",
    "--unified=0",
    "--format=commit %h",
    "-p",
  ];
  const git = spawn("git", args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(git, "exit");
  const secrets = new Set<string>();
  let [commits, commit, file] = [0, "", ""];
  for await (const line of createInterface({ input: git.stdout })) {
    if (line.startsWith("commit ")) [commits, commit] = [commits + 1, line.slice(7)];
    else if (line.startsWith("+++ b/")) file = line.slice(6);
    else if (line.startsWith("+")) for (const secret of secretsIn(line)) secrets.add(`${commit} ${file}: ${secret}`);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`git log ended with ${code}`);
  return { commits, secrets: [...secrets] };
}
