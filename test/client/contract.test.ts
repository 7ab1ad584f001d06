import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createDirectory, createPortal } from "../../client/src/client.ts";
import { operations as rows } from "../../client/src/contract.ts";
import { operations } from "../../lib/operations.ts";
import { clientContract, type OpenApi } from "../../openapi/client-types.ts";
import { openApiText } from "../../openapi/write.ts";

const methodName = (id: string) => id.charAt(0).toLowerCase() + id.slice(1);

describe("client/src/contract.ts", () => {
  it("agrees with docs/openapi.json (npm run openapi writes it)", async () => {
    const written = readFileSync("client/src/contract.ts", "utf8");
    expect(clientContract(JSON.parse(await openApiText())) === written, "run npm run openapi").toBe(true);
  });

  it("has a row and a method for every operation that programs call", () => {
    const url = "http://localhost:1";
    const methods = {
      ...createDirectory({ url, application: { id: "a", password: "b" } }),
      ...createPortal({ url, org: "a", clientKey: "c" }),
    };
    const called = operations.filter(({ id, family }) => family !== "edge" && id !== "AccountPreflight");
    expect(rows.map(({ id }) => id)).toEqual(called.map(({ id }) => id));
    expect(Object.keys(methods).sort()).toEqual([...called.map(({ id }) => methodName(id)), "as", "state"].sort());
  });

  it("has an address of the registry for each operation", () => {
    for (const { id, method, path } of rows) {
      const row = operations.find((each) => each.id === id);
      expect(row?.method).toBe(method);
      const without = (address: string) => address.replace(/\/$/, "");
      expect(row?.paths.map(without)).toContain(without(path));
    }
  });

  it("expresses every kind of schema", () => {
    const text = (type: string, description?: string) => ({ type, ...(description && { description }) });
    const body = {
      type: "object",
      properties: {
        auth: text("object"),
        name: { ...text("string"), description: "Not the end: */" },
        "odd-name": { type: ["integer", "null"] },
        kind: { enum: ["a", 1] },
        both: { anyOf: [text("string"), { type: "array", items: { oneOf: [text("string"), text("boolean")] } }] },
        none: { type: "array", items: { not: {} } },
        things: { type: "array", items: { anyOf: [{ type: "object", properties: { a: {} } }, { type: "null" }] } },
        any: {},
      },
      patternProperties: { "^c_[a-z]{1,64}$": {} },
      required: ["name"],
    };
    const succeeded = {
      type: "object",
      properties: { successful: { const: true }, it: { $ref: "#/components/schemas/Thing" } },
      required: ["successful"],
    };
    const failed = { properties: { successful: { const: false }, responseCode: { const: 4000 } } };
    const answered = (schema: object) => ({ content: { "application/json": { schema } } });
    const document = {
      paths: {
        "/api/io/Ping": {
          post: {
            operationId: "Ping",
            description: "Answers.\n\nAt once.",
            requestBody: { $ref: "#/components/requestBodies/Ping" },
            responses: { 200: answered({ oneOf: [succeeded, { $ref: "#/components/schemas/Refusal" }] }) },
          },
        },
        "/therapist/organizations/": {
          get: {
            operationId: "OrganizationList",
            description: "Lists.",
            "x-repeatable": true,
            parameters: [{ in: "query", name: "limit", schema: text("integer") }],
            responses: {
              200: answered({ type: "array", items: { $ref: "#/components/schemas/Thing" } }),
              400: { content: { "application/problem+json": { schema: { properties: { status: { const: 400 } } } } } },
            },
          },
        },
      },
      components: {
        requestBodies: { Ping: answered(body) },
        schemas: {
          Thing: {
            type: "object",
            description: "A thing.",
            properties: { self: { $ref: "#/components/schemas/Thing" } },
          },
          Refusal: failed,
        },
      },
    };
    const contract = clientContract(document as unknown as OpenApi);
    const declared = contract.slice(contract.indexOf("/** What `ping` takes. */"), contract.indexOf("/** How each"));
    expect(declared).toBe(`/** What \`ping\` takes. */
export interface PingInput {
  /** Not the end: *\\/ */
  name: string;
  "odd-name"?: number | null | undefined;
  kind?: "a" | 1 | null | undefined;
  both?: string | readonly (string | boolean)[] | null | undefined;
  none?: readonly never[] | null | undefined;
  things?: readonly ({
    a?: unknown;
  } | null)[] | null | undefined;
  any?: unknown;
  [name: \`c_\${string}\`]: unknown;
}

/** A thing. */
export interface Thing {
  self?: Thing;
}

/** What \`ping\` answers. */
export interface PingAnswer {
  successful: true;
  it?: Thing;
}

/** The codes with which \`ping\` fails. */
export type PingCode = 4000;

/** What \`organizationList\` takes. */
export interface OrganizationListInput {
  limit?: number | undefined;
}

/** What \`organizationList\` answers. */
export interface OrganizationListAnswer {
  things: Thing[];
  /** Where the next page starts; absent on the last one. */
  cursor?: string;
}

/** The codes with which \`organizationList\` fails. */
export type OrganizationListCode = 400;

`);
    expect(contract).toContain(`  /**
   * Answers.
   *
   * At once.
   */
  ping: { input: PingInput; answer: PingAnswer; code: PingCode };`);
    expect(contract).toMatch(/id: "Ping", .+ repeatable: false }/);
    expect(contract).toMatch(/id: "OrganizationList", .+ repeatable: true, list: "things" }/);
  });
});
