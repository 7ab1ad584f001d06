import { globSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { describe, expect, it } from "vitest";
import { en } from "../../web/portal/src/text/en.ts";
import { es } from "../../web/portal/src/text/es.ts";

const source = join(import.meta.dirname, "../../web/portal/src");
const textFile = join(source, "text/en.ts");

/** All sentences by their paths, such as `signIn.title`. Those with something to fill in are functions. */
const sentencesOf = (value: object, begin = ""): [path: string, sentence: string][] =>
  Object.entries(value).flatMap(([name, inner]): [string, string][] => {
    if (typeof inner === "object") return sentencesOf(inner, `${begin}${name}.`);
    return [[begin + name, String(typeof inner === "function" ? inner("…", "…") : inner)]];
  });

/** The path of a property that `en` declares, such as `account.photoReasons.damaged`. */
function pathAt(declaration: ts.Node): string | undefined {
  if (!ts.isPropertyAssignment(declaration) || declaration.getSourceFile().fileName !== textFile) return undefined;
  const name = ts.isStringLiteral(declaration.name) ? declaration.name.text : declaration.name.getText();
  const outer = pathAt(declaration.parent.parent);
  return outer === undefined ? name : `${outer}.${name}`;
}

/** Whether something is taken out of an object right where it is named. Otherwise any of its sentences may be used. */
const isStep = ({ parent }: ts.Node): boolean =>
  ts.isPropertyAccessExpression(parent) ||
  ts.isElementAccessExpression(parent) ||
  (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.name)) ||
  (ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name));

/** The sentences, and objects of sentences, that the pages use. */
function usedPaths(): ReadonlySet<string> {
  const files = globSync("**/*.{ts,tsx}", { cwd: source }).map((each) => join(source, each));
  const options = { jsx: ts.JsxEmit.ReactJSX, module: ts.ModuleKind.Preserve, target: ts.ScriptTarget.ESNext };
  const program = ts.createProgram(files, { ...options, allowImportingTsExtensions: true, noEmit: true, strict: true });
  const checker = program.getTypeChecker();
  const used = new Set<string>();
  const use = (symbol: ts.Symbol | undefined, node: ts.Node) => {
    const [path] = (symbol?.declarations ?? []).flatMap((each) => pathAt(each) ?? []);
    if (path === undefined) return;
    // A part of a page is handed on as a whole; what takes sentences out of it is seen there.
    if (path.includes(".") && !isStep(node)) used.add(path);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) use(checker.getSymbolAtLocation(node.name), node);
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const name = node.propertyName ?? node.name;
      if (ts.isIdentifier(name)) use(checker.getTypeAtLocation(node.parent).getProperty(name.text), node);
    }
    if (ts.isElementAccessExpression(node)) {
      const object = checker.getTypeAtLocation(node.expression);
      const index = checker.getTypeAtLocation(node.argumentExpression);
      for (const each of index.isUnion() ? index.types : [index])
        if (each.isStringLiteral() || each.isNumberLiteral())
          use(checker.getPropertyOfType(object, `${each.value}`), node);
    }
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles())
    if (file.fileName.startsWith(source) && !file.fileName.startsWith(join(source, "text"))) visit(file);
  return used;
}

describe("the sentences of the pages", () => {
  it("each is used", () => {
    const used = usedPaths();
    // An object of sentences may be used as a whole: by a key that the server sends.
    const isUsed = (path: string) => [...used].some((each) => path === each || path.startsWith(`${each}.`));
    expect(used.size).toBeGreaterThan(400);
    const paths = sentencesOf(en).map(([path]) => path);
    expect(paths.filter((path) => !isUsed(path))).toEqual([]);
  });

  it("none was left in English", () => {
    const spanish = new Map(sentencesOf(es));
    const same = sentencesOf(en).filter(([path, sentence]) => spanish.get(path) === sentence);
    expect([...new Set(same.map(([, sentence]) => sentence))]).toEqual(["Trans", "Frontdesk"]);
  });
});
