import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { operations } from "../../lib/operations.ts";
import { functionFile } from "../../tools/function-file.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const filesUnder = (...folders: string[]) =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();

/** One import or re-export, as it stands in a file. */
interface Import {
  readonly file: string;
  /** A package, or a file of the project by its path from the root. */
  readonly from: string;
  /** Names as they are exported; `*` for all of them. */
  readonly names: readonly string[];
  readonly isReExport: boolean;
}

const textOf = (file: string) =>
  readFileSync(join(root, file), "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "");

const importStatement = /^(import|export)\s+(?:type\s+)?((?:[\w$*\s{},]+?)\s+from\s+)?"([^"]+)"/gm;

function importsOf(file: string): Import[] {
  const text = textOf(file);
  const resolved = (from: string) =>
    from.startsWith(".") ? normalize(join(dirname(file), from)).replaceAll("\\", "/") : from;
  const found: Import[] = [...text.matchAll(importStatement)].map(([, keyword, clause = "", from = ""]) => {
    const [, star] = /\*\s+as\s+(\w+)/.exec(clause) ?? [];
    const inBraces = (/\{([^}]*)\}/.exec(clause)?.[1] ?? "")
      .split(",")
      .map((name) => name.trim().replace(/^type\s+/, ""));
    const named = inBraces.filter((name) => name !== "").map((name) => name.split(/\s+as\s+/)[0] as string);
    const members = star
      ? [...text.matchAll(new RegExp(`\\b${star}\\.(\\w+)`, "g"))].map(([, name]) => name as string)
      : [];
    const all = keyword === "export" && clause.includes("*") ? ["*"] : [];
    return { file, from: resolved(from), names: [...named, ...members, ...all], isReExport: keyword === "export" };
  });
  const dynamic = [...text.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, from = ""]) => ({
    file,
    from: resolved(from),
    names: ["*"],
    isReExport: false,
  }));
  return [...found, ...dynamic];
}

/** Where something stands in the tree, from what is called first to what is called last (CONTRIBUTING, The house). */
const layers = ["functions", "lib/api", "families", "messages and audit", "crypto and table", "ground"] as const;
function placeOf(file: string): { layer: number; part: string } {
  const part = file.startsWith("functions/") ? "functions" : file.split("/").slice(0, 2).join("/");
  const layer =
    part === "functions"
      ? "functions"
      : part === "lib/api"
        ? "lib/api"
        : part === "lib/messages" || part === "lib/audit"
          ? "messages and audit"
          : part === "lib/crypto" || part === "lib/table"
            ? "crypto and table"
            : part.endsWith(".ts")
              ? "ground"
              : "families";
  return { layer: layers.indexOf(layer), part };
}

const sources = filesUnder("lib", "functions");
const deployed = filesUnder("lib", "functions", "local", "cdk", "tools");
const imports = deployed.flatMap(importsOf);
const inside = imports.filter(
  ({ file, from }) => sources.includes(file) && /^(lib|functions|local|cdk|tools|test)\//.test(from),
);

describe("imports", () => {
  it("are found by this test at all", () => {
    expect(inside.length).toBeGreaterThan(100);
    const table = imports.filter(({ file, from }) => file === "lib/table/transact.ts" && from === "lib/errors.ts");
    expect(table.flatMap(({ names }) => names)).toEqual(expect.arrayContaining(["Busy", "Failure"]));
  });
  it("lead to files that are there", () => {
    const missing = imports.filter(
      ({ from }) => /^(lib|functions|local|cdk|tools|test)\//.test(from) && !existsSync(join(root, from)),
    );
    expect(missing).toEqual([]);
  });
  it("point one way: functions, api, families, messages and audit, crypto and table, operations and errors and config", () => {
    const wrong = inside.filter(({ file, from }) => {
      const [importer, imported] = [placeOf(file), placeOf(from)];
      if (importer.part === imported.part) return importer.part === "functions";
      // The table seals its cursors.
      if (importer.part === "lib/table" && imported.part === "lib/crypto") return false;
      if (importer.part === "lib/messages" && imported.part === "lib/audit") return false;
      // Of the ground, config and the like may stand on one another.
      if (importer.layer === imported.layer) return layers[importer.layer] !== "ground";
      return importer.layer > imported.layer;
    });
    expect(wrong.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
  });
  it("of the registry are none: it is plain data", () => {
    expect(importsOf("lib/operations.ts")).toEqual([]);
  });
  it("lead from what is deployed to nothing that is not: local, cdk, test", () => {
    const wrong = imports.filter(
      ({ file, from }) => sources.includes(file) && /^(local|cdk|tools|openapi|test|bench|web)\//.test(from),
    );
    expect(wrong.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
  });
  it.each([
    ["lib/table alone knows DynamoDB", /^@aws-sdk\/(client-dynamodb|lib-dynamodb|util-dynamodb)$/, /^lib\/table\//],
    ["lib/api alone knows middy", /^@middy\//, /^lib\/api\//],
  ])("keep knowledge in one place: %s", (_, from, home) => {
    const wrong = imports.filter((one) => from.test(one.from) && sources.includes(one.file) && !home.test(one.file));
    expect(wrong.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
    expect(imports.some((one) => from.test(one.from) && home.test(one.file))).toBe(true);
  });
  it("go to the files themselves: there is no barrel", () => {
    expect(imports.filter(({ isReExport }) => isReExport).map(({ file }) => file)).toEqual([]);
    expect(deployed.filter((file) => /(^|\/)index\.ts$/.test(file))).toEqual([]);
  });
});

describe("files", () => {
  it("have names that say what is in them", () => {
    const vague = /(^|[/-])(utils?|helpers?|common|types?|misc|shared|lib)\.ts$/;
    expect([...deployed, ...filesUnder("test")].filter((file) => vague.test(file))).toEqual([]);
  });
  const rowFiles = operations.map((row) => relative(root, fileURLToPath(functionFile(row))).replaceAll("\\", "/"));
  it.each(operations.map((row, place) => [row.id, rowFiles[place] as string]))(
    "of the row %s are a function and a test: %s",
    (_, file) => {
      expect(existsSync(join(root, file))).toBe(true);
      expect(existsSync(join(root, "test", file.replace(/\.ts$/, ".test.ts")))).toBe(true);
    },
  );
  it("of functions each belong to a row, but for workers", () => {
    const functions = filesUnder("functions").filter((file) => !file.startsWith("functions/workers/"));
    expect(functions.sort()).toEqual([...rowFiles].sort());
  });
  it("of functions say what they are in a sentence, and export a handler alone", () => {
    for (const file of filesUnder("functions")) {
      const text = readFileSync(join(root, file), "utf8");
      expect({ file, exports: exportsOf(file) }).toEqual({ file, exports: ["handler"] });
      expect({ file, documented: /\/\*\*[\s\S]+?\*\/\s*export (const|async function) handler/.test(text) }).toEqual({
        file,
        documented: true,
      });
    }
  });
});

describe("exports", () => {
  it("of lib each have a sentence that says what they are", () => {
    const bare = filesUnder("lib").flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      // What begins with a tag says nothing yet; between sentence and export there may be word for a linter.
      const isDocumented = (name: string) =>
        new RegExp(`/\\*\\*[\\s*]*[^\\s*@](?:(?!\\*/)[\\s\\S])*\\*/\\n(?://.*\\n)*export (?:[a-z*]+ )+${name}\\b`).test(
          text,
        );
      return exportsOf(file)
        .filter((name) => !isDocumented(name))
        .map((name) => `${file}: ${name}`);
    });
    expect(bare).toEqual([]);
  });
});

/** The names that a file exports. */
function exportsOf(file: string): string[] {
  const text = textOf(file);
  const declared = text.matchAll(
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type|enum)\s+(\w+)/gm,
  );
  const listed = [...text.matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}(?!\s*from)/gm)].flatMap(([, names = ""]) =>
    names.split(","),
  );
  const names = [...declared].map(([, name]) => name as string);
  // A zod schema and the type of its values share a name.
  return [...new Set([...names, ...listed.map((name) => name.trim()).filter((name) => name !== "")])];
}

describe("nothing is dead", () => {
  /** What is started from outside names the file: a script of package.json, CDK, vitest, or another file that spawns it. */
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
  const settings = ["vitest.config.ts", "cdk.json"].filter((file) => existsSync(join(root, file)));
  const outside = [
    ...Object.values(manifest.scripts),
    ...settings.map((file) => readFileSync(join(root, file), "utf8")),
  ];
  const spawning = deployed.map((file) => textOf(file).replaceAll(importStatement, ""));
  const isStarted = (file: string) => {
    const name = `/${file.split("/").at(-1)}"`;
    return outside.some((text) => text.includes(file)) || spawning.some((text) => text.includes(name));
  };
  const isEntry = (file: string) => file.startsWith("functions/") || isStarted(file);

  // Tests do not keep code alive; what they start the system with does.
  const used = new Map<string, Set<string>>();
  for (const { file, from, names } of [
    ...imports,
    ...filesUnder("openapi", "lambda-test", "bench").flatMap(importsOf),
    ...importsOf("test/kit/setup.ts"),
  ]) {
    if (file === from) continue;
    used.set(from, new Set([...(used.get(from) ?? []), ...names]));
  }

  it("every file is imported, or is where something starts", () => {
    expect(deployed.filter((file) => !used.has(file) && !isEntry(file))).toEqual([]);
  });
  it("every export is imported by somebody else, or is the type of something that is", () => {
    const dead = deployed
      .filter((file) => !isEntry(file))
      .flatMap((file) => {
        const by = used.get(file) ?? new Set();
        const text = textOf(file);
        const isTypeOf = (name: string) =>
          new RegExp(`^export (interface|type) ${name}\\b`, "m").test(text) &&
          text.split(new RegExp(`\\b${name}\\b`)).length > 2;
        const unused = exportsOf(file).filter((name) => !by.has(name) && !by.has("*") && !isTypeOf(name));
        return unused.map((name) => `${file}: ${name}`);
      });
    expect(dead).toEqual([]);
  });
});
