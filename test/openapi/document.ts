import { readFileSync } from "node:fs";
import * as z from "zod";

/** Reads docs/openapi.json. */

type Json = Record<string, unknown>;

/** The documented content of a response or a request body for one media type. */
export interface Content {
  readonly schema: Json;
  readonly examples?: Readonly<Record<string, { readonly value: unknown; readonly description?: string }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly description: string;
  readonly schema: Json;
}

/** The documentation of an answer with one status. */
export interface DocumentedResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
  readonly content?: Readonly<Record<string, Content>>;
}

/** An operation of the document, its references resolved. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly security: readonly Json[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
  readonly "x-alias-of"?: string;
  readonly "x-repeatable": boolean | "with id";
}

/** The text of the document. */
export const documentText = readFileSync("docs/openapi.json", "utf8");

const whole = JSON.parse(documentText) as Json & { paths: Record<string, Record<string, unknown>> };

/** The same value with its references resolved. */
function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  const { $ref } = value as { $ref?: string };
  if ($ref === undefined)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, resolved(part)]));
  const found = $ref
    .slice(2)
    .split("/")
    .reduce<unknown>((at, name) => (at as Json)[name], whole);
  return resolved(found);
}

/** Every operation of the document with its method and path. */
export const documentedOperations = Object.entries(whole.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([verb, operation]) => ({
    method: verb.toUpperCase(),
    path,
    operation: resolved(operation) as DocumentedOperation,
  })),
);

/** The operation of a registry row, under its own address. */
export function documented(id: string): { method: string; path: string; operation: DocumentedOperation } {
  const found = documentedOperations.find(({ operation }) => operation.operationId === id);
  if (!found) throw new Error(`${id} is not in docs/openapi.json: npm run openapi writes it`);
  return found;
}

const schemas = new WeakMap<Json, z.ZodType>();

/** Why a value does not match a schema of the document; `undefined` when it matches. */
export function misfit(schema: Json, value: unknown): string | undefined {
  const known = schemas.get(schema) ?? z.fromJSONSchema(schema);
  schemas.set(schema, known);
  const parsed = known.safeParse(value);
  return parsed.success ? undefined : z.prettifyError(parsed.error);
}
