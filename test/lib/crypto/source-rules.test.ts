import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/**
 * Rules about secrets, random numbers and waiting that no behaviour shows: a guessable id looks like any other, and a comparison that
 * stops at the first wrong character gives the same answer. So the sources are searched.
 */

const sources = globSync("{lib,functions,local,cli/src,client/src,web/portal/src}/**/*.{ts,tsx}")
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !file.endsWith(".examples.ts"))
  .sort();
const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !/^(\*|\/\*|\/\/)/.test(line));
const isDeployed = (file: string) => /^(lib|functions)\//.test(file);

/** The files with a line that matches. */
const filesWith = (pattern: RegExp, files: readonly string[] = sources) =>
  files.filter((file) => linesOf(file).some((line) => pattern.test(line)));

it("the sources are found", () => {
  expect(sources.filter(isDeployed).length).toBeGreaterThan(200);
  for (const room of ["local/", "cli/src/", "client/src/", "web/portal/src/"])
    expect(sources.some((file) => file.startsWith(room))).toBe(true);
});

it("Math.random decides nothing but when and where a client tries", () => {
  expect(filesWith(/Math\s*(\?\.)?\.?\s*\[?["']?random/)).toEqual([
    // Where a directory's records begin, so that two imports do not write to the same place of the table.
    "cli/src/import/first-places.ts",
    // How long to wait before the next try.
    "cli/src/import/pace.ts",
    "client/src/call.ts",
  ]);
});

it("random numbers of functions come from node:crypto", () => {
  const users = sources.filter(isDeployed).filter((file) => {
    const text = readFileSync(file, "utf8");
    return (
      /\brandom(Bytes|Int|UUID)\(/.test(text) && !/import \{[^}]*\brandom\w+[^}]*\} from "node:crypto";/.test(text)
    );
  });
  expect(users).toEqual([]);
});

/** What a name calls that must stay secret, or that proves one. */
const secret = /(token|digest|hash|secret|csrf|signature|password|fingerprint|hmac|proof|code|\btag|\bmac)\)?$/i;
/** One side of a comparison: names with dots, and calls of functions with plain arguments. */
const side = String.raw`[\w.?!]+(?:\([\w., ]*\))?`;
const comparison = new RegExp(`(?<left>${side}) (?:===|!==|==|!=) (?<right>${side}|"[^"]*"|\\d+)`, "g");
/** A side that is no secret: nothing, a text or number in the source, a length, a type. */
const isPlain = (text: string) =>
  /^(undefined|null|true|false|"[^"]*"|[\d_]+|.*\.(length|size|state|name))$/.test(text);
/** The name that a side ends with: `digestOf(text)` is a digest. */
const nameOf = (text: string) => text.replace(/(Of|From|In)?\([\w., ]*\)$/, "");

/** The comparisons of secrets by an operator, in a file. */
const comparisonsIn = (file: string) =>
  linesOf(file).flatMap((line) =>
    [...line.matchAll(comparison)].flatMap(({ 0: text, groups: { left = "", right = "" } = {} }) => {
      const isTyped = new RegExp(`typeof ${left.replace(/[.?()]/g, "\\$&")} `).test(line) && isPlain(right);
      if (isTyped || isPlain(left) || isPlain(right)) return [];
      return secret.test(nameOf(left)) || secret.test(nameOf(right)) ? [`${file}: ${text}`] : [];
    }),
  );

/** Comparisons by an operator, and why they tell an attacker nothing. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "both sides are stored, and nobody outside chooses either: has it changed since it was read?": [
    "functions/accounts/account-delete.ts: account.passwordHash !== holder.passwordHash",
    "functions/accounts/account-login.ts: holder?.passwordHash === account.passwordHash",
    "functions/accounts/account-reset-password.ts: keyFingerprint !== account.key.fingerprint",
    "functions/accounts/account-update-password.ts: account?.passwordHash !== holder.passwordHash",
    "functions/accounts/totp-delete.ts: account.passwordHash !== before.passwordHash",
    "lib/practices/individual.ts: user.passwordHash !== proven",
    "lib/practices/individual.ts: hash !== proven",
    "lib/practices/user.ts: before?.passwordHash === after.passwordHash",
  ],
  "a SHA-256 digest of what was sent: whoever tries cannot choose how it begins without knowing the secret's own": [
    "functions/accounts/account-reset-password.ts: reset?.tokenDigest !== digestOf(text)",
    "functions/accounts/account-verify.ts: account.verificationDigest !== digestOf(text)",
    "lib/accounts/connections/offer.ts: connection?.tokenDigest === digestOf(stated)",
    "lib/accounts/sign-in/device.ts: item?.digest === codeDigest(name, code, account)",
    "lib/accounts/sign-in/totp.ts: each !== digest",
  ],
  "a fingerprint tells two requests apart, and opens nothing": [
    "lib/api/idempotency.ts: fingerprint === secret.fingerprint",
    "lib/table/idempotency.ts: present.fingerprint !== claim.fingerprint",
  ],
  "an error of SQLite": ["local/sqlite-busy.ts: .errcode === busyCode"],
};

describe("secrets are compared by timingSafeEqual", () => {
  it("except where a comparison by an operator tells nothing", () => {
    const searched = sources.filter((file) => isDeployed(file) || file.startsWith("local/"));
    expect(searched.flatMap(comparisonsIn).sort()).toEqual(Object.values(allowed).flat().sort());
  });
  it("in these files", () => {
    expect(filesWith(/\btimingSafeEqual\(/)).toEqual([
      // The proof that a request came through CloudFront.
      "functions/edge/admit-cloudfront.ts",
      // CSRF tokens.
      "lib/accounts/session/csrf.ts",
      // Password hashes.
      "lib/crypto/imported-hash.ts",
      "lib/crypto/password-hash.ts",
      // Secrets of applications.
      "lib/practices/vendor.ts",
      // Signatures of uploads and downloads.
      "local/s3-signature.ts",
    ]);
  });
});

it("functions wait, and set limits of time, in these files only", () => {
  const timers = /\b(setTimeout|setInterval)\(|node:timers/;
  expect(filesWith(timers, sources.filter(isDeployed))).toEqual([
    // Keeps pauses while a practice is erased.
    "lib/practices/erasure.ts",
    // Ends the work before the first call.
    "lib/start.ts",
    // Pauses before another try.
    "lib/table/deadline.ts",
    // Ends requests without an answer.
    "lib/table/http.ts",
    // Reads slowly, for an operator's programs.
    "lib/table/scan.ts",
  ]);
});
