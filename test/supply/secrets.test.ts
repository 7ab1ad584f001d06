import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { entropyOf, secretsIn, secretsInFiles, secretsInTree } from "../../supply-test/secrets.ts";

/** Made when the test runs, so that this file holds no secret itself. */
const letters = (count: number) => "q7Zr2VxK9mWbT4cNsY6hLdJ8gFpR3aHu".repeat(4).slice(0, count);
const upper = (count: number) => letters(100).toUpperCase().slice(0, count);
const joined = (...parts: string[]) => parts.join("");

/** A secret of each form. */
const planted: readonly (readonly [string, string])[] = [
  ["a key id of AWS", joined("AKI", "A", upper(16))],
  ["a private key", joined("-----BEGIN RSA ", "PRIVATE KEY-----")],
  ["a token of GitHub", joined("ghp", "_", letters(36))],
  ["a token of Slack", joined("xox", "b-", letters(24))],
  ["a key of Stripe", joined("sk", "_live_", letters(24))],
  ["a key of Google", joined("AI", "za", letters(35))],
  ["a token of npm", joined("npm", "_", letters(36))],
  ["a JSON Web Token", joined("ey", "J", letters(20), ".ey", "J", letters(20), ".", letters(20))],
  ["a random text with the name of a secret", joined("const api", "Key = ", JSON.stringify(letters(32)))],
];

const folder = mkdtempSync(join(tmpdir(), "frontdesk-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the search for secrets", () => {
  it.each(planted)("finds %s that somebody has put into a file, and does not print it", (what, secret) => {
    writeFileSync(join(folder, "planted.txt"), `first\nsecond ${secret} third\n`);
    const found = secretsInFiles(folder, ["planted.txt"]);
    expect(found).toEqual([expect.stringContaining(`planted.txt:2: ${what}`)]);
    expect(found.join()).not.toContain(secret.slice(-12));
  });
  it("takes no words and no names of variables for secrets", () => {
    for (const line of [
      'password = "mauve otter juggles 41 kettles"',
      'secret: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
      "token = process.env.SOME_VERY_LONG_NAME_OF_A_TOKEN",
    ]) {
      expect(secretsIn(line)).toEqual([]);
    }
  });
  it("knows how random a text is", () => {
    expect(entropyOf("aaaa")).toBeCloseTo(0);
    expect(entropyOf("abcd")).toBe(2);
  });
  it("finds nothing in the files of this repository", () => {
    expect(secretsInTree()).toEqual([]);
  });
});
