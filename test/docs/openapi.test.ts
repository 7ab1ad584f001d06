import { describe, expect, it } from "vitest";
import { documentedRows } from "../../docs/handlers.ts";
import { formType } from "../../docs/request-body.ts";
import { openApiText } from "../../docs/write.ts";
import { documented, documentedOperations, documentText, misfit, shownFailures } from "./document.ts";

/** A path whatever its variables are called, which is all that tells paths apart. */
const shapeOf = (path: string) => path.replaceAll(/\{\w+\+?\}/g, "{}");

describe("docs/openapi.json", () => {
  it("is what the code says (npm run openapi writes it)", async () => {
    expect((await openApiText(shownFailures)) === documentText, "run npm run openapi").toBe(true);
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

  it("gives every answer that has a body an example", () => {
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

  it.each(documentedRows)("says in which forms the body of $id may come", ({ id, family }) => {
    const { content } = documented(id).operation.requestBody ?? {};
    if (!content) return;
    expect(Object.keys(content)).toEqual(["application/json", ...(family === "accounts" ? [formType] : [])]);
    const named = Object.values(content).map(({ examples = {} }) => Object.keys(examples));
    // A body of several operations is an array, and one with `null` can only be said in JSON.
    if (family === "accounts" && id !== "AccountVerify") expect(named[1]?.length).toBeGreaterThan(0);
  });

  it("fits no answer with a field more, a field less or another code", () => {
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
