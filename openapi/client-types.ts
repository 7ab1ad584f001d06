import { type Operation, operations } from "../lib/operations.ts";

/**
 * Writes `client/src/contract.ts`, what the client knows of the contracts, from `docs/openapi.json`: the types of what
 * operations take and answer, the codes of their failures, and a row for each operation.
 */

/** As much of JSON Schema as the document uses. */
interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;
interface Reference {
  readonly $ref: string;
}
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

/** The document, as far as it is read here. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

const quoted = (value: unknown) => JSON.stringify(value);
const keyOf = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));
const union = (types: readonly string[]) => [...new Set(types)].join(" | ") || "never";
const methodName = (id: string) => id.charAt(0).toLowerCase() + id.slice(1);

function comment(text: string | undefined, indent = ""): string {
  if (!text) return "";
  const lines = text.replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** The text of `client/src/contract.ts`. */
export function clientContract(document: OpenApi): string {
  const declarations = new Map<string, string>();
  /** The first of the names under which the same type was declared. */
  const firstNames = new Map<string, string>();

  /** What a reference leads to; anything else as it is. */
  function resolved<T extends object>(value: T | Reference): T {
    if (!("$ref" in value) || value.$ref === undefined) return value as T;
    const path = value.$ref.slice(2).split("/");
    return path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document) as T;
  }

  function declare(name: string, type: string, description?: string): void {
    const known = firstNames.get(type);
    const isObject = type.startsWith("{") && !type.includes("\n} | ");
    if (isObject && !known) firstNames.set(type, name);
    const declared = isObject && !known ? `interface ${name} ${type}` : `type ${name} = ${known ?? type};`;
    declarations.set(name, `${comment(description)}export ${declared}`);
  }

  /**
   * A schema as a type.
   * @param absent what a property that may be left out may be as well; none in answers. What goes in may be read-only
   */
  function typeOf(schema: Schema, absent: string, indent = ""): string {
    const inner = (part: Schema) => typeOf(part, absent, indent);
    if (schema.$ref) {
      const name = schema.$ref.split("/").at(-1) as string;
      // Set before it is known: a type may lead to itself.
      if (!declarations.has(name)) {
        declarations.set(name, "");
        const target = resolved<Schema>(schema);
        declare(name, typeOf(target, absent), target.description);
      }
      return name;
    }
    if (schema.const !== undefined) return quoted(schema.const);
    if (schema.enum) return union(schema.enum.map(quoted));
    const either = schema.properties ? undefined : (schema.anyOf ?? schema.oneOf);
    if (either) return union(either.map(inner));
    if (schema.not) return "never";
    if (!schema.type) return "unknown";
    return union([schema.type].flat().map((type) => typeNamed(type, schema, absent, indent)));
  }

  function typeNamed(type: string, schema: Schema, absent: string, indent: string): string {
    if (type === "integer") return "number";
    if (type === "object") return objectType(schema, absent, indent);
    if (type !== "array") return type;
    const item = typeOf(schema.items ?? {}, absent, indent);
    const isUnion = item.startsWith("{") ? /\n *\} \| /.test(item) : item.includes(" | ");
    return `${absent ? "readonly " : ""}${isUnion ? `(${item})` : item}[]`;
  }

  function objectType(schema: Schema, absent: string, indent: string): string {
    const { properties = {}, required = [], additionalProperties, patternProperties = {} } = schema;
    const deeper = `${indent}  `;
    const own = Object.entries(properties).map(([name, part]) => {
      const optional = !required.includes(name);
      const stated = typeOf(part, absent, deeper);
      const more = stated.endsWith(" | null") ? absent.replace("null | ", "") : absent;
      const type = optional && more && stated !== "unknown" ? `${stated} | ${more}` : stated;
      return `${comment(part.description, deeper)}${deeper}${keyOf(name)}${optional ? "?" : ""}: ${type};\n`;
    });
    const named = Object.entries(patternProperties).map(([pattern, part]) => {
      const prefix = /^\^([\w-]*)/.exec(pattern)?.[1] ?? "";
      const type = typeOf(part, absent, deeper);
      return `${comment(part.description, deeper)}${deeper}[name: \`${prefix}\${string}\`]: ${type};\n`;
    });
    // Where names have patterns the others are of no interest.
    const isOpen = additionalProperties !== undefined && additionalProperties !== false;
    const others = isOpen && named.length === 0 ? [`${deeper}[name: string]: unknown;\n`] : [];
    const all = [...own, ...named, ...others];
    return all.length > 0 ? `{\n${all.join("")}${indent}}` : "Record<string, never>";
  }

  /** The single schemas of a content: those that are answered either one or the other. */
  const alternatives = (schema: Schema): Schema[] => {
    const either = schema.oneOf ?? schema.anyOf;
    return either ? either.flatMap(alternatives) : [schema];
  };

  /** The codes of a failure as its dialect tells it; none for a success. */
  function codesOf(schema: Schema, mediaType: string): readonly unknown[] {
    const { properties = {} } = resolved<Schema>(schema);
    const valuesOf = ({ const: only, enum: some }: Schema = {}) => (only === undefined ? (some ?? []) : [only]);
    if (mediaType === "application/problem+json") return valuesOf(properties.status);
    if (properties.successful?.const === false) return valuesOf(properties.responseCode);
    if (properties.object?.const === "fault") return valuesOf(properties.code);
    return properties.data ? codesOf(properties.data, mediaType) : [];
  }

  function inputType({ parameters = [], requestBody }: Described, absent: string): string {
    const own = parameters.filter(({ name }) => name !== "org");
    const properties = Object.fromEntries(
      own.map(({ name, description, schema }) => {
        // Digits in an address: callers have them as numbers.
        const isDigits = schema.type === "string" && schema.pattern === "^-?[0-9]+$";
        return [
          name,
          { ...schema, ...(isDigits && { type: ["string", "integer"] }), ...(description && { description }) },
        ];
      }),
    );
    const required = own.filter((parameter) => parameter.required).map(({ name }) => name);
    const content = requestBody && resolved<{ content: Content }>(requestBody).content["application/json"]?.schema;
    if (!content) return typeOf({ type: "object", properties, required }, absent);
    const body = resolved<Schema>(content);
    const { auth: _, ...fields } = body.properties ?? {};
    const takes = body.properties ? { ...body, properties: fields } : content;
    if (own.length === 0) return typeOf(takes, absent);
    // The body says over again what the path says.
    if (body.properties && Object.keys(fields).every((name) => name in properties)) {
      return typeOf({ type: "object", properties, required }, absent);
    }
    const both = { ...properties, body: takes };
    return typeOf({ type: "object", properties: both, required: [...required, "body"] }, absent);
  }

  /** What is answered, by status: the successes, and the codes of all failures. */
  function answersOf({ responses }: Described) {
    const said = Object.entries(responses).flatMap(([status, response]) =>
      Object.entries(resolved<{ content?: Content }>(response).content ?? {}).flatMap(([mediaType, { schema }]) =>
        alternatives(schema).map((one) => ({ status, schema: one, codes: codesOf(one, mediaType) })),
      ),
    );
    const successes = said.filter(({ status, codes }) => status.startsWith("2") && codes.length === 0);
    return { successes: successes.map(({ schema }) => schema), codes: said.flatMap(({ codes }) => codes) };
  }

  const rows = operations as readonly Operation[];
  const described = Object.entries(document.paths)
    .flatMap(([path, item]) => Object.entries(item).map(([verb, operation]) => ({ path, verb, operation })))
    .filter(({ verb, operation }) => verb !== "options" && !operation["x-alias-of"])
    .map((each) => ({ ...each, row: rows.find(({ id }) => id === each.operation.operationId) as Operation }))
    .sort((one, other) => rows.indexOf(one.row) - rows.indexOf(other.row));

  const table: string[] = [];
  const methods: Record<"Directory" | "Portal", string[]> = { Directory: [], Portal: [] };
  for (const { path, operation, row } of described) {
    const { id, family, method } = row;
    const { successes, codes } = answersOf(operation);
    // To `/api/io` a `null` is a field that was not passed.
    const absent = family === "practices" ? "null | undefined" : "undefined";
    declare(`${id}Input`, inputType(operation, absent), `What \`${methodName(id)}\` takes.`);
    // A list that is an array says in a header where the next page is.
    const listed = successes.length === 1 && successes[0]?.type === "array" ? successes[0].items?.$ref : undefined;
    const list = listed && `${methodName(listed.split("/").at(-1) as string)}s`;
    const cursor = { type: "string", description: "Where the next page starts; absent on the last one." };
    const answer = list
      ? { type: "object", properties: { [list]: successes[0] as Schema, cursor }, required: [list] }
      : { oneOf: successes };
    declare(`${id}Answer`, typeOf(answer, ""), `What \`${methodName(id)}\` answers.`);
    declare(`${id}Code`, union(codes.map(quoted)), `The codes with which \`${methodName(id)}\` fails.`);

    // The variables that take several segments, which OpenAPI has no word for.
    const own = path.replaceAll(/\{(\w+)\}/g, (variable, name) =>
      row.paths.some((each) => each.includes(`{${name}+}`)) ? `{${name}+}` : variable,
    );
    const repeatable = operation["x-repeatable"] ?? false;
    const facts = { id, family, method, path: own, tier: row.tier, repeatable, ...(list && { list }) };
    const written = Object.entries(facts).map(([name, fact]) => `${name}: ${quoted(fact)}`);
    table.push(`  { ${written.join(", ")} },\n`);
    methods[family === "accounts" ? "Portal" : "Directory"].push(
      `${comment(operation.description, "  ")}  ${methodName(id)}: { input: ${id}Input; answer: ${id}Answer; code: ${id}Code };\n`,
    );
  }

  return [
    "// Written by `npm run openapi` from docs/openapi.json.\n",
    rowType(described.map(({ row }) => row.id)),
    "/** The operations of practices, users and therapists. */",
    `export interface DirectoryOperations {\n${methods.Directory.join("")}}\n`,
    "/** The operations of portal accounts. */",
    `export interface PortalOperations {\n${methods.Portal.join("")}}\n`,
    `${[...declarations.values()].join("\n\n")}\n`,
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
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** With variables, of which those with a plus take several segments. */
  readonly path: string;
  /** What a caller must prove: nothing at \`none\`. */
  readonly tier: string;
  /** Whether the same request may be sent again when its answer was lost; \`with id\`: if its body states an \`id\`. */
  readonly repeatable: boolean | "with id";
  /** What a list is called whose answer is an array, and which tells in a header where the next page is. */
  readonly list?: string;
}
`;
