import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { buildPortal, type PortalBuild } from "../../web/portal/build.ts";

let build: PortalBuild;
let textOf: (name: string) => string;
beforeAll(async () => {
  build = await buildPortal();
  const files = new Map(build.files.map(({ path, file }) => [basename(path), readFileSync(file, "utf8")]));
  textOf = (name) => {
    const text = files.get(name);
    if (text === undefined) throw new Error(`${name} was not built`);
    return text;
  };
});

/** A script, and all that it imports before it runs. What it imports later is not among them. */
function loadedWith(name: string, known: Set<string> = new Set()): Set<string> {
  if (known.has(name)) return known;
  known.add(name);
  for (const [, imported = ""] of textOf(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) {
    loadedWith(imported, known);
  }
  return known;
}

describe("the pages of portals as they are built", () => {
  it("the sign-in page loads at most 120 KiB of JavaScript, gzipped", () => {
    const scripts = [...loadedWith(build.script)];
    expect(scripts.length).toBeGreaterThan(0);
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(textOf(name)).length, 0);
    expect(bytes).toBeGreaterThan(50 * 1024);
    expect(bytes).toBeLessThanOrEqual(120 * 1024);
  });

  it("the word lists of the strength meter, dialogs and the other pages are loaded later", () => {
    const first = [...loadedWith(build.script)];
    const joined = (names: readonly string[]) => names.map(textOf).join("");
    const others = build.files.map(({ path }) => basename(path)).filter((name) => !first.includes(name));
    for (const later of ["alertdialog", "qwerty", "recovery-codes-", "accountPutImage"]) {
      expect(joined(others)).toContain(later);
      expect(joined(first)).not.toContain(later);
    }
  });
  it("nothing in them is of another site", () => {
    const hosts = build.files.flatMap(({ path }) =>
      [...textOf(basename(path)).matchAll(/https?:\/\/([a-z0-9.-]+)/gi)].map(([, host]) => host),
    );
    // Names of XML namespaces, addresses in messages of errors, and an example in a hint: nobody asks them for anything.
    const harmless = ["www.w3.org", "react.dev", "localhost", "app.example.org."];
    expect([...new Set(hosts)].filter((host) => !harmless.includes(`${host}`))).toEqual([]);
  });

  it("are made for production, also when tests build them", () => {
    for (const { path } of build.files) expect(textOf(basename(path))).not.toContain("jsxDEV");
  });

  it("colours work in every browser that runs the scripts, also in those without light-dark()", () => {
    const style = textOf(build.style);
    expect(style).toContain("prefers-color-scheme:dark");
    expect(style).not.toContain("light-dark(");
  });

  it("the same sources are not built twice", async () => {
    expect(await buildPortal()).toEqual(build);
  });
});
