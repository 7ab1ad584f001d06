import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Operation } from "../../lib/operations.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { formType } from "../../openapi/request-body.ts";
import { coreText, openApiText } from "../../openapi/write.ts";
import { documented, documentedOperations, documentText, misfit } from "./document.ts";

/** A path without the names of its variables: two paths that differ only in these are the same path. */
const shapeOf = (path: string) => path.replaceAll(/\{\w+\+?\}/g, "{}");

describe("docs/openapi.core.json", () => {
  const core = readFileSync("docs/openapi.core.json", "utf8");
  it("is docs/openapi.json without other addresses (npm run openapi writes it)", () => {
    expect(core === coreText(documentText), "run npm run openapi").toBe(true);
    expect(core).not.toMatch(/x-alias-of"|Other addresses/);
  });

  it("has every operation exactly once, under the address that the contract prints", () => {
    const { paths } = JSON.parse(core) as { paths: Record<string, Record<string, { operationId: string }>> };
    const all = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([verb, { operationId }]) => ({ operationId, method: verb.toUpperCase(), path })),
    );
    expect(all.map(({ operationId }) => operationId).sort()).toEqual(documentedRows.map(({ id }) => id).sort());
    const printed = {
      practices: /^\/api\/io\/[A-Z]/,
      therapists: /^\/therapist\/.*\/$/,
      accounts: /^\/\{org\}\/v2(\/|$)/,
    };
    for (const { operationId, method, path } of all) {
      const { family, ...row } = documentedRows.find(({ id }) => id === operationId) as Operation;
      expect([operationId, method]).toEqual([operationId, row.method]);
      expect(row.paths.map(shapeOf)).toContain(shapeOf(path));
      // One route for all preflights of portals.
      if (operationId === "AccountPreflight") expect(path).toBe("/{org}/{path}");
      else expect(path).toMatch(printed[family as keyof typeof printed]);
    }
  });
});

describe("docs/openapi.json", () => {
  it("is what the code says (npm run openapi writes it)", async () => {
    expect((await openApiText()) === documentText, "run npm run openapi").toBe(true);
  });

  it.each(documentedRows)("has every path of $id, one of them in full", ({ id, method, paths }) => {
    const own = documentedOperations.filter(
      ({ operation }) => operation.operationId === id || operation["x-alias-of"] === id,
    );
    expect(own.map((each) => `${each.method} ${shapeOf(each.path)}`).sort()).toEqual(
      paths.map((path) => `${method} ${shapeOf(path)}`).sort(),
    );
    expect(own.filter(({ operation }) => operation["x-alias-of"] === undefined)).toHaveLength(1);
    for (const { operation } of own) expect(operation.responses).toEqual(documented(id).operation.responses);
  });

  it("has no path that is not in the registry", () => {
    const all = documentedRows.flatMap(({ method, paths }) => paths.map((path) => `${method} ${shapeOf(path)}`));
    expect(documentedOperations.map(({ method, path }) => `${method} ${shapeOf(path)}`).sort()).toEqual(all.sort());
  });

  it("has no constant with a quote and no escaped slash, because generators write them between their own quotes and slashes", () => {
    const quoted: unknown[] = [];
    JSON.parse(documentText, (name, value) => {
      const constants = name === "enum" ? value : name === "const" ? [value] : [];
      quoted.push(...[...constants].filter((constant) => /["'`\\]/.test(String(constant))));
      if (name === "pattern" && String(value).includes("\\/")) quoted.push(value);
      return value;
    });
    expect(quoted).toEqual([]);
  });

  it("has an example for every answer with a body", () => {
    const without = documentedOperations.flatMap(({ operation: { operationId, responses } }) =>
      Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.values(content).some(({ examples = {} }) => Object.keys(examples).length === 0)
          ? [`${operationId} ${status}`]
          : [],
      ),
    );
    expect(without).toEqual([]);
  });

  it("describes every parameter and property that a caller passes", () => {
    const without = documentedRows.flatMap(({ id }) => {
      const { parameters = [], requestBody } = documented(id).operation;
      const { properties = {} } = (requestBody?.content["application/json"]?.schema ?? {}) as {
        properties?: Record<string, { description?: string }>;
      };
      const all = [...parameters.map((each) => [each.name, each] as const), ...Object.entries(properties)];
      return all.filter(([, { description }]) => !description).map(([name]) => `${id} ${name}`);
    });
    expect(without).toEqual([]);
  });

  it.each(documentedRows)("names the media types of the body of $id", ({ id, family }) => {
    const { content } = documented(id).operation.requestBody ?? {};
    if (!content) return;
    expect(Object.keys(content)).toEqual(["application/json", ...(family === "accounts" ? [formType] : [])]);
    const named = Object.values(content).map(({ examples = {} }) => Object.keys(examples));
    // A body of several operations is an array, and `null` can only be expressed in JSON.
    if (family === "accounts" && id !== "AccountVerify") expect(named[1]?.length).toBeGreaterThan(0);
  });

  it("matches no answer with an additional field, a missing field or another code", () => {
    const { schema, examples = {} } = documented("PracticeGet").operation.responses[200]?.content?.[
      "application/json"
    ] ?? { schema: {} };
    const answer = examples.get?.value as { practice: object };
    expect(misfit(schema, answer)).toBeUndefined();
    expect(misfit(schema, { ...answer, extra: 1 })).toBeDefined();
    expect(misfit(schema, { ...answer, practice: { ...answer.practice, extra: 1 } })).toBeDefined();
    expect(misfit(schema, { ...answer, practice: undefined })).toBeDefined();
    expect(misfit(schema, { ...(examples[4131]?.value as object), responseCode: 4130 })).toBeDefined();
  });
});
