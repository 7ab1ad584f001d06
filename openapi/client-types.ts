import { type Operation, operations } from "../lib/operations.ts";
import { comment, quoted, type Reference, resolved, type Schema, SchemaTypes, union } from "./schema-types.ts";

/**
 * Writes `client/src/contract.ts` from `docs/openapi.json`: the types of what operations take and answer, the codes of
 * their failures, and a row for each operation.
 */

type Content = Readonly<Record<string, { readonly schema: Schema }>>;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}
interface Described {
  readonly operationId: string;
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Reference | { readonly content: Content };
  readonly responses: Readonly<Record<string, Reference | { readonly content?: Content }>>;
  readonly "x-alias-of"?: string;
  readonly "x-repeatable"?: boolean | string;
}

/** The document, as far as this file reads it. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

/** An operation of the document with its first path and its row of the registry. */
interface Called {
  readonly path: string;
  readonly operation: Described;
  readonly row: Operation;
}

const methodName = (id: string) => id.charAt(0).toLowerCase() + id.slice(1);

/** The operations that a program calls, in the order of the registry. */
function calledOperations(document: OpenApi): Called[] {
  const rows = operations as readonly Operation[];
  return Object.entries(document.paths)
    .flatMap(([path, item]) => Object.entries(item).map(([verb, operation]) => ({ path, verb, operation })))
    .filter(({ verb, operation }) => verb !== "options" && !operation["x-alias-of"])
    .map((each) => ({ ...each, row: rows.find(({ id }) => id === each.operation.operationId) as Operation }))
    .sort((one, other) => rows.indexOf(one.row) - rows.indexOf(other.row));
}

/** The type of an operation's input. @param absent as in `SchemaTypes.typeOf` */
function inputType(
  document: OpenApi,
  types: SchemaTypes,
  { parameters = [], requestBody }: Described,
  absent: string,
): string {
  const own = parameters.filter((parameter) => parameter.in !== "header" && parameter.name !== "org");
  const properties = Object.fromEntries(
    own.map(({ name, description, schema }) => {
      // An address holds text, but callers may have these digits as a number.
      const isDigits = schema.type === "string" && schema.pattern === "^-?[0-9]+$";
      return [
        name,
        { ...schema, ...(isDigits && { type: ["string", "integer"] }), ...(description && { description }) },
      ];
    }),
  );
  const required = own.filter((parameter) => parameter.required).map(({ name }) => name);
  const inAddress: Schema = { type: "object", properties, required };
  const content =
    requestBody && resolved<{ content: Content }>(document, requestBody).content["application/json"]?.schema;
  if (!content) return types.typeOf(inAddress, absent);
  const body = resolved<Schema>(document, content);
  const { auth: _, ...fields } = body.properties ?? {};
  const takes = body.properties ? { ...body, properties: fields } : content;
  if (own.length === 0) return types.typeOf(takes, absent);
  // The body repeats what the path says.
  if (body.properties && Object.keys(fields).every((name) => name in properties)) {
    return types.typeOf(inAddress, absent);
  }
  const both = { ...properties, body: takes };
  return types.typeOf({ type: "object", properties: both, required: [...required, "body"] }, absent);
}

/** The alternatives of a schema, without nesting. */
function alternatives(schema: Schema): Schema[] {
  const either = schema.oneOf ?? schema.anyOf;
  return either ? either.flatMap(alternatives) : [schema];
}

/** The codes of a failure; empty for a success. Each dialect has its own field for the code. */
function codesOf(document: OpenApi, schema: Schema, mediaType: string): readonly unknown[] {
  const { properties = {} } = resolved<Schema>(document, schema);
  const valuesOf = ({ const: only, enum: some }: Schema = {}) => (only === undefined ? (some ?? []) : [only]);
  if (mediaType === "application/problem+json") return valuesOf(properties.status);
  if (properties.successful?.const === false) return valuesOf(properties.responseCode);
  if (properties.object?.const === "fault") return valuesOf(properties.code);
  return properties.data ? codesOf(document, properties.data, mediaType) : [];
}

/** The schemas of an operation's successes, and the codes of its failures. */
function answersOf(document: OpenApi, { responses }: Described) {
  const said = Object.entries(responses).flatMap(([status, response]) =>
    Object.entries(resolved<{ content?: Content }>(document, response).content ?? {}).flatMap(
      ([mediaType, { schema }]) =>
        alternatives(schema).map((one) => ({ status, schema: one, codes: codesOf(document, one, mediaType) })),
    ),
  );
  const successes = said.filter(({ status, codes }) => status.startsWith("2") && codes.length === 0);
  return { successes: successes.map(({ schema }) => schema), codes: said.flatMap(({ codes }) => codes) };
}

/**
 * The name of the property that holds a list which is answered as a bare array, such as `organizations`. Its cursor comes
 * in a header.
 */
function listName(successes: readonly Schema[]): string | undefined {
  const listed = successes.length === 1 && successes[0]?.type === "array" ? successes[0].items?.$ref : undefined;
  return listed && `${methodName(listed.split("/").at(-1) as string)}s`;
}

/** Declares what an operation takes and answers and how it fails. Returns its line in the table of rows. */
function declareOperation(document: OpenApi, types: SchemaTypes, { path, operation, row }: Called): string {
  const { id, family, method } = row;
  const { successes, codes } = answersOf(document, operation);
  // `/api/io` treats `null` like a field that is absent.
  const absent = family === "practices" ? "null | undefined" : "undefined";
  types.declare(`${id}Input`, inputType(document, types, operation, absent), `What \`${methodName(id)}\` takes.`);
  const list = listName(successes);
  const cursor = { type: "string", description: "Where the next page starts; absent on the last one." };
  const answer = list
    ? { type: "object", properties: { [list]: successes[0] as Schema, cursor }, required: [list] }
    : { oneOf: successes };
  types.declare(`${id}Answer`, types.typeOf(answer, ""), `What \`${methodName(id)}\` answers.`);
  types.declare(`${id}Code`, union(codes.map(quoted)), `The codes with which \`${methodName(id)}\` fails.`);

  // OpenAPI cannot say that a variable takes several segments; the registry's `{name+}` does.
  const own = path.replaceAll(/\{(\w+)\}/g, (variable, name) =>
    row.paths.some((each) => each.includes(`{${name}+}`)) ? `{${name}+}` : variable,
  );
  const repeatable = operation["x-repeatable"] ?? false;
  const facts = { id, family, method, path: own, tier: row.tier, repeatable, ...(list && { list }) };
  const written = Object.entries(facts).map(([name, fact]) => `${name}: ${quoted(fact)}`);
  return `  { ${written.join(", ")} },\n`;
}

const methodOf = ({ operation, row: { id } }: Called) =>
  `${comment(operation.description, "  ")}  ${methodName(id)}: { input: ${id}Input; answer: ${id}Answer; code: ${id}Code };\n`;

/** The text of `client/src/contract.ts`. */
export function clientContract(document: OpenApi): string {
  const called = calledOperations(document);
  const types = new SchemaTypes(document);
  const table = called.map((each) => declareOperation(document, types, each));
  const isPortal = ({ row }: Called) => row.family === "accounts";
  const directory = called.filter((each) => !isPortal(each)).map(methodOf);
  const portal = called.filter(isPortal).map(methodOf);
  return [
    "// Written by `npm run openapi` from docs/openapi.json.\n",
    rowType(called.map(({ row }) => row.id)),
    "/** The operations of practices, users and therapists. */",
    `export interface DirectoryOperations {\n${directory.join("")}}\n`,
    "/** The operations of portal accounts. */",
    `export interface PortalOperations {\n${portal.join("")}}\n`,
    `${types.declarations}\n`,
    "/** How each operation is called. */",
    `export const operations: readonly Row[] = [\n${table.join("")}];\n`,
  ].join("\n");
}

const rowType = (ids: readonly string[]) => `/** Names an operation. */
export type OperationId = ${union(ids.map(quoted))};

/** How an operation is called. */
export interface Row {
  readonly id: OperationId;
  readonly family: "practices" | "therapists" | "accounts";
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With variables; a variable with a plus may contain several segments. */
  readonly path: string;
  /** What a caller must prove: nothing at \`none\`. */
  readonly tier: string;
  /** Whether the same request may be sent again when its answer was lost; \`with id\`: if its body states an \`id\`. */
  readonly repeatable: boolean | "with id";
  /** The name of the list, if the answer is a bare array and a header says where the next page is. */
  readonly list?: string;
}
`;
