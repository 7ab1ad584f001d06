import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeClientKey } from "../kit/portal.ts";
import { makeVendor } from "../kit/system.ts";
import { url } from "./served.ts";

/** Runs a Node program until it exits. */
async function run(...args: string[]) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.stderr += chunk;
  });
  const [code] = await once(child, "close");
  return { code, ...said };
}
const tsc = (...args: string[]) => run(resolve("node_modules/@typescript/native/bin/tsc"), ...args);

const compile = (file: string, ...settings: string[]) =>
  tsc(
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--target",
    "es2022",
    ...settings,
    file,
  );
const onNode = ["--module", "nodenext", "--types", "node", "--lib", "es2022"];
const good = { code: 0, stdout: "", stderr: "" };

/** A user's project, in which the package is installed. */
const project = mkdtempSync(join(tmpdir(), "frontdesk-client-"));
const installed = join(project, "node_modules/@frontdesk/client");
const consumer = readFileSync("test/client/consumer.ts", "utf8");

beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  cpSync("client/package.json", join(installed, "package.json"));
  expect(await tsc("-p", "client", "--outDir", join(installed, "dist"))).toEqual(good);
  for (const types of ["@types/node", "undici-types"]) {
    cpSync(join("node_modules", types), join(project, "node_modules", types), { recursive: true });
  }
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(project, "consumer.ts"), consumer.replace("../../client/src/client.ts", "@frontdesk/client"));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("the built package", () => {
  it("has the same version as Frontdesk, and needs no other package", () => {
    const versionOf = (file: string) => JSON.parse(readFileSync(file, "utf8")).version;
    expect(versionOf("client/package.json")).toBe(versionOf("package.json"));
    const modules = readdirSync(join(installed, "dist")).filter((file) => file.endsWith(".js"));
    const imported = modules.flatMap((file) =>
      [...readFileSync(join(installed, "dist", file), "utf8").matchAll(/from "([^"]+)"/g)].map(([, from = ""]) => from),
    );
    expect(imported.length).toBeGreaterThan(5);
    expect(imported.filter((from) => !/^\.\/[a-z-]+\.js$/.test(from) || !modules.includes(from.slice(2)))).toEqual([]);
  });

  it.each([
    ["on Node", onNode],
    ["for browsers", ["--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom"]],
  ])("has types with which correct programs compile and wrong ones do not, %s", async (_, settings) => {
    expect(await compile(join(project, "consumer.ts"), ...settings)).toEqual(good);
    expect(consumer.match(/@ts-expect-error/g)?.length).toBeGreaterThan(10);
  });

  // TypeScript before version 7 can resolve packages as Node 10 did, which knows no `exports`.
  it("has types where `exports` are not known", async () => {
    const old = ["--moduleResolution", "node10", "--module", "es2022", "--ignoreDeprecations", "6.0"];
    const settings = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--types", "node", ...old];
    const file = join(project, "consumer.ts");
    const compiled = await run(resolve("node_modules/typescript/lib/tsc.js"), "--ignoreConfig", ...settings, file);
    expect(compiled).toEqual(good);
  });

  it("does not show internal options", () => {
    expect(readFileSync(join(installed, "dist/call.d.ts"), "utf8")).not.toMatch(/\bwait\b/);
  });

  it("works in plain Node", async () => {
    const vendor = await makeVendor();
    const clientKey = await makeClientKey(vendor);
    const { applicationId, applicationPassword } = vendor;
    const ran = await run(join(project, "consumer.ts"), url, applicationId, applicationPassword, clientKey);
    expect({ ...ran, stdout: JSON.parse(ran.stdout || "null") }).toEqual({
      code: 0,
      stderr: "",
      stdout: {
        action: "create",
        names: ["Built Clinic", "Ada", "Therapy", "Mills"],
        email: "grace@mail.example",
        codes: [4130, "kNotLoggedIn"],
      },
    });
  });
});
