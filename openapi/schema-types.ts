/** The parts of JSON Schema that the document uses. */
export interface Schema {
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

/** A reference to another part of the document: `#/components/schemas/Practice`. */
export interface Reference {
  readonly $ref: string;
}

/** Follows a reference; returns anything else unchanged. */
export function resolved<T extends object>(document: object, value: T | Reference): T {
  if (!("$ref" in value) || value.$ref === undefined) return value as T;
  const path = value.$ref.slice(2).split("/");
  return path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document) as T;
}

/** A value as TypeScript source. */
export const quoted = (value: unknown): string => JSON.stringify(value);

/** The union of types, without repetitions. */
export const union = (types: readonly string[]): string => [...new Set(types)].join(" | ") || "never";

const keyOf = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));

/** A doc comment with its line end; empty without a text. */
export function comment(text: string | undefined, indent = ""): string {
  if (!text) return "";
  const lines = text.replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** Writes schemas as TypeScript, and collects the declarations of those that have names. */
export class SchemaTypes {
  readonly #document: object;
  readonly #declarations = new Map<string, string>();
  /** The first name under which each object type was declared. */
  readonly #firstNames = new Map<string, string>();

  constructor(document: object) {
    this.#document = document;
  }

  /** All declarations, in the order in which they were needed. */
  get declarations(): string {
    return [...this.#declarations.values()].join("\n\n");
  }

  /** Declares a type under a name. An object type that already has a name becomes an alias of it. */
  declare(name: string, type: string, description?: string): void {
    const known = this.#firstNames.get(type);
    const isObject = type.startsWith("{") && !type.includes("\n} | ");
    if (isObject && !known) this.#firstNames.set(type, name);
    const declared = isObject && !known ? `interface ${name} ${type}` : `type ${name} = ${known ?? type};`;
    this.#declarations.set(name, `${comment(description)}export ${declared}`);
  }

  /**
   * A schema as a type.
   * @param absent types that an optional property of a request also allows, such as `undefined`; arrays of requests are
   * read-only. Empty for answers
   */
  typeOf(schema: Schema, absent: string, indent = ""): string {
    const inner = (part: Schema) => this.typeOf(part, absent, indent);
    if (schema.$ref) {
      const name = schema.$ref.split("/").at(-1) as string;
      // Reserve the name first: a type may refer to itself.
      if (!this.#declarations.has(name)) {
        this.#declarations.set(name, "");
        const target = resolved<Schema>(this.#document, schema);
        this.declare(name, this.typeOf(target, absent), target.description);
      }
      return name;
    }
    if (schema.const !== undefined) return quoted(schema.const);
    if (schema.enum) return union(schema.enum.map(quoted));
    const either = schema.properties ? undefined : (schema.anyOf ?? schema.oneOf);
    if (either) return union(either.map(inner));
    if (schema.not) return "never";
    if (!schema.type) return "unknown";
    return union([schema.type].flat().map((type) => this.#typeNamed(type, schema, absent, indent)));
  }

  #typeNamed(type: string, schema: Schema, absent: string, indent: string): string {
    if (type === "integer") return "number";
    if (type === "object") return this.#objectType(schema, absent, indent);
    if (type !== "array") return type;
    const item = this.typeOf(schema.items ?? {}, absent, indent);
    const isUnion = item.startsWith("{") ? /\n *\} \| /.test(item) : item.includes(" | ");
    return `${absent ? "readonly " : ""}${isUnion ? `(${item})` : item}[]`;
  }

  #objectType(schema: Schema, absent: string, indent: string): string {
    const { properties = {}, required = [], additionalProperties, patternProperties = {} } = schema;
    const deeper = `${indent}  `;
    const own = Object.entries(properties).map(([name, part]) => {
      const optional = !required.includes(name);
      const stated = this.typeOf(part, absent, deeper);
      const more = stated.endsWith(" | null") ? absent.replace("null | ", "") : absent;
      const type = optional && more && stated !== "unknown" ? `${stated} | ${more}` : stated;
      return `${comment(part.description, deeper)}${deeper}${keyOf(name)}${optional ? "?" : ""}: ${type};\n`;
    });
    const named = Object.entries(patternProperties).map(([pattern, part]) => {
      const prefix = /^\^([\w-]*)/.exec(pattern)?.[1] ?? "";
      const type = this.typeOf(part, absent, deeper);
      return `${comment(part.description, deeper)}${deeper}[name: \`${prefix}\${string}\`]: ${type};\n`;
    });
    // An open object whose names follow a pattern allows only such names: a misspelt name must not compile.
    const isOpen = additionalProperties !== undefined && additionalProperties !== false;
    const isMap = typeof additionalProperties === "object" && own.length === 0;
    const value = isMap ? this.typeOf(additionalProperties, absent, deeper) : "unknown";
    const others = isOpen && named.length === 0 ? [`${deeper}[name: string]: ${value};\n`] : [];
    const all = [...own, ...named, ...others];
    return all.length > 0 ? `{\n${all.join("")}${indent}}` : "Record<string, never>";
  }
}
