import { describe, expect, it } from "vitest";
import { auditProblems } from "../../supply-test/audit.ts";
import { type Bill, billProblems } from "../../supply-test/bill.ts";
import { isAccepted, licenceProblems } from "../../supply-test/licences.ts";
import { closure, lockfiles, type Package, packagesOfPages } from "../../supply-test/lockfiles.ts";
import {
  actionProblems,
  integrityProblems,
  requirementProblems,
  scriptProblems,
  versionProblems,
} from "../../supply-test/pins.ts";

const one: Package = {
  ...{ name: "one", version: "1.2.3", place: "node_modules/one", folder: ".", isShipped: true },
  ...{ license: "MIT", integrity: "sha512-abc" },
};

describe("licences", () => {
  it("are accepted where one side of an OR, and both sides of an AND, are accepted", () => {
    expect(isAccepted("(MIT OR GPL-3.0)", ["MIT"])).toBe(true);
    expect(isAccepted("MIT AND GPL-3.0", ["MIT"])).toBe(false);
    expect(isAccepted("GPL-3.0", ["MIT"])).toBe(false);
  });
  it.each([["GPL-3.0-only"], [undefined], ["UNLICENSED"]])("refuse %s", (license) => {
    expect(licenceProblems([{ ...one, license }])).toHaveLength(1);
  });
  it("are stricter for what is shipped", () => {
    expect(licenceProblems([{ ...one, license: "MPL-2.0" }])).toHaveLength(1);
    expect(licenceProblems([{ ...one, license: "MPL-2.0", isShipped: false }])).toEqual([]);
  });
});

describe("what is shipped", () => {
  it("contains what a package depends on, and finds it where Node does", () => {
    const locked = {
      "node_modules/a": { dependencies: { b: "1", c: "1" } },
      "node_modules/a/node_modules/b": { optionalDependencies: { c: "1" } },
      "node_modules/b": {},
      "node_modules/c": {},
    };
    expect([...closure(locked, ["a"])].sort()).toEqual([
      "node_modules/a",
      "node_modules/a/node_modules/b",
      "node_modules/c",
    ]);
  });
  it("contains React, which is a development dependency but is bundled into pages", () => {
    expect(packagesOfPages()).toEqual(expect.arrayContaining(["react", "react-dom", "wouter"]));
    const root = lockfiles().find(({ folder }) => folder === ".");
    expect(root?.packages.filter(({ name }) => name === "react").map(({ isShipped }) => isShipped)).toEqual([true]);
    expect(root?.packages.filter(({ name }) => name === "vitest").map(({ isShipped }) => isShipped)).toEqual([false]);
  });
});

describe("versions", () => {
  it.each(["^1.2.3", "~1.2.3", "1.x", "*", "latest", "git+https://example.org/a.git", "https://example.org/a.tgz"])(
    "refuse %s",
    (version) => {
      expect(versionProblems("package.json", JSON.stringify({ dependencies: { a: version } }))).toHaveLength(1);
    },
  );
  it.each(["1.2.3", "1.2.3-beta.1", "npm:typescript@7.0.2", "file:cli"])("accept %s", (version) => {
    expect(versionProblems("package.json", JSON.stringify({ devDependencies: { a: version } }))).toEqual([]);
  });
  it("refuse a package without a hash, and one that comes from elsewhere than a registry", () => {
    expect(integrityProblems([{ ...one, integrity: "sha1-abc" }])).toHaveLength(1);
    expect(integrityProblems([{ ...one, resolved: "git+ssh://git@github.com/a/b.git#abc" }])).toHaveLength(1);
    expect(integrityProblems([{ ...one, resolved: "https://mirror.example.org/npm/one/-/one-1.2.3.tgz" }])).toEqual([]);
  });
  it("refuse a program at an installation that nobody has decided about, and any in what is shipped", () => {
    const script = { ...one, hasInstallScript: true };
    expect(scriptProblems([{ ...script, isShipped: false }], {})).toHaveLength(1);
    expect(scriptProblems([{ ...script, isShipped: false }], { one: true })).toEqual([]);
    expect(scriptProblems([script], { one: true })).toHaveLength(1);
  });
  it("refuse actions by tag, and packages of Python without one version", () => {
    expect(actionProblems("x.yml", "- uses: actions/checkout@v6")).toHaveLength(1);
    expect(actionProblems("x.yml", `- uses: actions/checkout@${"a".repeat(40)} # v6`)).toEqual([]);
    expect(requirementProblems("x.txt", "# tools\na>=1\nb==1.2 # why\n")).toEqual(["x.txt: a>=1 is not one version"]);
  });
});

describe("the bill of materials", () => {
  const component = {
    ...{ name: "one", version: "1.2.3", purl: "pkg:npm/one@1.2.3", licenses: [{}] },
    hashes: [{ alg: "SHA-512", content: "00" }],
  };
  const bill: Bill = {
    ...{ bomFormat: "CycloneDX", specVersion: "1.5", metadata: { component: { name: "frontdesk" } } },
    components: [component],
  };
  it("lacks a package, a licence or a hash", () => {
    expect(billProblems(bill, [one])).toEqual([]);
    expect(billProblems({ ...bill, components: [] }, [one])).toEqual(["one@1.2.3 is missing"]);
    const bare = { name: "one", version: "1.2.3" };
    expect(billProblems({ ...bill, components: [bare] }, [one])).toHaveLength(3);
  });
});

describe("known weaknesses", () => {
  const found = (severity: string) => ({
    vulnerabilities: { one: { severity, via: [{ url: "https://example.org/advisory", title: "breaks" }, "two"] } },
  });
  it("count from high on", () => {
    expect(auditProblems(found("critical"), "2026-01-01")).toEqual([
      "one: critical: breaks (https://example.org/advisory)",
    ]);
    expect(auditProblems(found("moderate"), "2026-01-01")).toEqual([]);
  });
});
