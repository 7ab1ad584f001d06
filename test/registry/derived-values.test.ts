import { describe, expect, it } from "vitest";
import type { Operation } from "../../lib/operations.ts";
import { descriptions } from "../../openapi/descriptions.ts";
import { notesUse } from "../functions/accounts/accounts-contract.ts";
import { documentedRow, fullestRequest, type ReadyCall, readyCallInSharedWorld } from "../kit/examples.ts";
import { isSuccess, isWrite, type Response, type TableRequest, watchTable } from "../kit/system.ts";
import { fits } from "../openapi/agreement.ts";
import { documented } from "../openapi/document.ts";

/**
 * Handlers refuse what the document forbids: bad values are derived from the JSON schema of each field and sent through
 * the real handler. Good values, and bad ones that JSON Schema cannot express, are in `test/openapi/`.
 */

type Json = Readonly<Record<string, unknown>>;

/** A JSON schema, as far as values are derived from it. */
interface Schema extends Json {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly maxItems?: number;
}

/** A place in a body: names of properties, and indexes of arrays. */
type Path = readonly (string | number)[];

/** A field of a body, with the schemas that it may have. */
interface Field {
  readonly path: Path;
  readonly schemas: readonly Schema[];
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const valueAt = (whole: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, name) => (at as Json | undefined)?.[name], whole);

/** A value with another one at a path; `undefined` removes it. At an index, a value that is not a list is put into one. */
function withValue(whole: unknown, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value;
  if (typeof name === "number") {
    const list = Array.isArray(whole) ? whole : [whole];
    return list.toSpliced(name, 1, withValue(list[name], rest, value));
  }
  const { [name]: before, ...others } = isObject(whole) ? whole : {};
  const changed = withValue(before, rest, value);
  return changed === undefined ? others : { ...others, [name]: changed };
}

/** The fields of a body, at any depth. Credentials have a suite of their own. */
function fieldsOf(body: Schema): Field[] {
  const found: { path: Path; schema: Schema }[] = [];
  const visit = (schema: Schema, path: Path) => {
    if (path.length > 0) found.push({ path, schema });
    for (const [name, part] of Object.entries(schema.properties ?? {})) {
      if (path.length > 0 || name !== "auth") visit(part, [...path, name]);
    }
    if (schema.items) visit(schema.items, [...path, 0]);
    for (const part of schema.anyOf ?? []) visit(part, path);
  };
  visit(body, []);
  return [...Map.groupBy(found, ({ path }) => path.join("."))].map(([, all]) => ({
    path: all[0]?.path ?? [],
    schemas: all.map(({ schema }) => schema),
  }));
}

/** Values of every type, and values at the limits of a schema. Some of them are good. */
function candidates({ maxLength, minLength, maximum, minimum, maxItems }: Schema, good: unknown): unknown[] {
  const text = typeof good === "string" ? [`${good}\n${good}`, `?${good}`, `${good}/`] : [];
  const list = Array.isArray(good) ? good : [];
  return [
    undefined,
    ...[null, true, 7, -1, 1.5, 2 ** 53, {}, { stray: 1 }, [], [{}], [["x"]], ["x"]],
    ...["", "x", "a\u0000b", "a\u007fb", "?", "@", "two words", "-1", "１"],
    ...text,
    ...(maxLength === undefined ? [] : ["x".repeat(maxLength + 1), "🙂".repeat(maxLength + 1)]),
    ...(minLength === undefined ? [] : ["x".repeat(minLength - 1)]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maxItems === undefined ? [] : [Array(maxItems + 1).fill(list[0] ?? {})]),
    ...(list.length === 0
      ? []
      : [
          [...list, 7],
          [...list, {}, null],
        ]),
    ...(isObject(good) ? [{ ...good, stray: 1 }] : []),
  ];
}

/** A schema without formats, at any depth: a format alone forbids nothing. */
function withoutFormats(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutFormats);
  if (!isObject(schema)) return schema;
  const parts = Object.entries(schema).filter(([name, part]) => name !== "format" || typeof part !== "string");
  return Object.fromEntries(parts.map(([name, part]) => [name, withoutFormats(part)]));
}

/**
 * A value as the family reads it. In `/api/io` `null` and `""` mean that a field is absent, and a number in a text field
 * is its decimal text (contract practices §1).
 */
function asRead({ family }: Operation, { schemas }: Field, value: unknown): unknown {
  if (family !== "practices") return value;
  if (value === null || value === "") return undefined;
  const isText = schemas.some(({ type }) => [type].flat().includes("string"));
  return isText && typeof value === "number" ? String(value) : value;
}

/** A body may have 256 KiB. Longer ones are refused before their fields are read. */
const bodyBytesMax = 256 * 1024;

/** Bad values of a field of a body. */
function badValues(row: Operation, schema: Schema, base: unknown, field: Field): unknown[] {
  const good = valueAt(base, field.path);
  const values = field.schemas.flatMap((each) => candidates(each, good));
  const bad = values
    .filter((value) => !fits(schema, withValue(base, field.path, asRead(row, field, value))))
    .filter((value) => Buffer.byteLength(JSON.stringify(withValue(base, field.path, value))) <= bodyBytesMax);
  return [...new Map(bad.map((value) => [JSON.stringify(value), value])).values()];
}

/** The type of a JSON value. */
const typeOf = (value: unknown) => (Array.isArray(value) ? "array" : value === null ? "null" : typeof value);

/** The first text, and the last value of each type: these are at the limits of a schema. */
function fewOf(values: readonly unknown[]): unknown[] {
  const ofType = new Map(values.map((value) => [typeOf(value), value]));
  const text = values.filter((value) => typeof value === "string").slice(0, 1);
  return [...new Set([...text, ...ofType.values()])];
}

/** Codes of portals that only one value of the request can cause. */
const ofOneValue = ["kNotFound", "kNoCredentialsSupplied", "kInvalidCredentials", "kCallbackFormat"];

/** Whether a refusal says which field is bad: it names the field itself, a part of it, or what it is a part of. */
function namesField({ id, family }: Operation, { status, json }: Response, path: Path): boolean {
  const isOfAccount = family === "accounts" && id.startsWith("Account");
  const others: Readonly<Record<string, Path>> = { AccountPutImage: ["account", "image"], SettingsPut: ["settings"] };
  const body = others[id] ?? (isOfAccount ? ["account"] : []);
  const own = [...body, ...path].join(".");
  const faults: { field?: string; path: string }[] = [...(json.errors ?? []), ...(json.faults ?? [])];
  // `targets[0].email` names the same as `targets.0.email`.
  const named = faults.map(({ field, path: at }) => (field ?? at).replaceAll(/\[(\d+)\]/g, ".$1"));
  if (named.some((name) => `${name}.`.startsWith(`${own}.`) || `${own}.`.startsWith(`${name}.`))) return true;
  if (family === "therapists") return status === 404;
  if (family === "practices") return false;
  if (ofOneValue.includes(json.code)) return true;
  // The reason names the field, or what it is in a change: "Bad path", "Unknown property", "An operation is an object".
  const names = path.filter((name) => typeof name === "string");
  const words = [...names, ...(names.at(-1) === "path" ? ["property"] : []), ...(names.length === 0 ? ["op"] : [])];
  return words.some((word) => String(json.reason).toLowerCase().includes(word.replace("[]", "").toLowerCase()));
}

/** Whether a request to the table changed something, other than the time of a session's last use. */
const changed = (request: TableRequest) => request.done && isWrite(request) && !notesUse(request);
/** Whether it counted a wrong password or code: nothing else may change when a request is refused. */
const countedTry = ({ input }: TableRequest) => String(input.Key?.pk).startsWith("TRIES#");

/** Calls of one operation. */
class Calls {
  readonly row: Operation;
  readonly #request: string | undefined;

  /** @param request the name of the request that is changed. Default: the first example */
  constructor(id: string, request?: string) {
    this.row = documentedRow(id);
    this.#request = request;
  }

  ready(): Promise<ReadyCall> {
    return readyCallInSharedWorld(this.row.id, this.#request);
  }

  /** Sends a bad value. @returns what is wrong with the answer, or `undefined` */
  async complaint(path: Path, send: (ready: ReadyCall) => Promise<Response>): Promise<string | undefined> {
    const ready = await this.ready();
    const { answer, requests } = await watchTable(() => send(ready));
    const changes = requests.filter(changed);
    if (isSuccess(answer)) return "accepted";
    if (!changes.every(countedTry)) return "refused, but something changed";
    return namesField(this.row, answer, path) ? undefined : `refused without its name: ${answer.text}`;
  }
}

/** Why bad values of a field are not all refused as they should be: nothing if they are. */
async function complaintsOf(
  calls: Calls,
  path: Path,
  bad: readonly unknown[],
  send: (ready: ReadyCall, value: unknown) => Promise<Response>,
): Promise<object[]> {
  expect(bad.length).toBeGreaterThan(0);
  const complaints: object[] = [];
  for (const value of bad) {
    const complaint = await calls.complaint(path, (ready) => send(ready, value));
    if (complaint) complaints.push({ value, complaint });
  }
  return complaints;
}

/** A schema without its texts for readers, at any depth. */
function withoutTexts(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutTexts);
  if (!isObject(schema)) return schema;
  const parts = Object.entries(schema).filter(([name, part]) => name !== "description" || typeof part !== "string");
  return Object.fromEntries(parts.map(([name, part]) => [name, withoutTexts(part)]));
}

/** The schemas, and the places with their schemas, that earlier fields of the same family have. */
const known = new Set<string>();
/**
 * Chooses the bad values that are sent to a field. A family reads fields with the same schema by the same code: all values
 * are sent to the first of them. At other places it gets a few: none if the field is required, a text, and the last two of
 * different types. Where an earlier operation has the same field at the same place, it gets none and one more.
 */
function chooserFor(id: string, { path, schemas }: Field): (values: readonly unknown[]) => readonly unknown[] {
  const { family } = documentedRow(id);
  const read = withoutTexts(schemas);
  const [schema, place] = [JSON.stringify([family, read]), JSON.stringify([family, read, path])];
  const [isKnownSchema, isKnownPlace] = [known.has(schema), known.has(place)];
  known.add(schema).add(place);
  if (isKnownPlace) return (values) => [...new Set([values[0], fewOf(values).at(-1)])];
  if (isKnownSchema)
    return (values) => [...new Set([values[0], ...fewOf(values).slice(0, 1), ...fewOf(values).slice(-2)])];
  return (values) => values;
}

const bodied = descriptions.flatMap(({ id, ignores = [] }) => {
  const { requestBody } = documented(id).operation;
  const schema = requestBody?.content["application/json"]?.schema;
  const read = withoutFormats(schema ?? {}) as Schema;
  const fields = fieldsOf(read).map((field) => ({ ...field, name: field.path.join(".") }));
  const checked = fields
    .filter(({ name }) => !ignores.includes(name))
    .map((field) => ({ ...field, choose: chooserFor(id, field) }));
  return checked.length > 0 ? [{ id, schema: read, fields: checked }] : [];
});

describe.each(bodied)("the body of $id", ({ id, schema, fields }) => {
  const calls = new Calls(id, fullestRequest(id));

  it.each(fields)("is refused with a bad $name", async (field) => {
    const { path } = field;
    const bad = field.choose(badValues(calls.row, schema, (await calls.ready()).body, field));
    const send = ({ body, send: sendBody }: ReadyCall, value: unknown) =>
      sendBody({ raw: JSON.stringify(withValue(body, path, value)) });
    expect(await complaintsOf(calls, path, bad, send)).toEqual([]);
  });
});

/** Texts for a variable of a path or a query that its schema forbids. */
function badTexts(schema: Schema): string[] {
  const isNumber = schema.type === "integer";
  const values = candidates(schema, undefined).filter(
    (value) => typeof value === "string" || typeof value === "number",
  );
  const read = (text: string) => (isNumber && /^-?[0-9.]+$/.test(text) ? Number(text) : text);
  // An empty text is absent.
  return [...new Set(values.map(String))].filter((text) => text !== "" && !fits(schema, read(text)));
}

/** Queries that a parameter's schema forbids: of a list too many items, or a bad item. */
function badQueries(name: string, schema: Schema): string[] {
  const isList = schema.type === "array";
  const lists: string[][] = isList
    ? [Array<string>((schema.maxItems ?? 0) + 1).fill("x"), ...badTexts(schema.items ?? {}).map((text) => [text])]
    : badTexts(schema).map((text) => [text]);
  return lists.map((texts) => new URLSearchParams(texts.map((text): [string, string] => [name, text])).toString());
}

const parameters = descriptions.flatMap(({ id, ignores = [] }) =>
  (documented(id).operation.parameters ?? [])
    .filter(({ name }) => !ignores.includes(name))
    .map(({ name, in: place, schema }) => ({ id, name, place, schema: schema as Schema })),
);
// The name of the portal is checked with the credentials.
const inPath = parameters.filter(({ place, name }) => place === "path" && name !== "org");
const inQuery = parameters.filter(({ place }) => place === "query");

describe.each(inPath.filter(({ schema }) => badTexts(schema).length > 0))("the path of $id", ({ id, name, schema }) => {
  it(`is refused with a bad ${name}`, async () => {
    const send = ({ send: sendPath }: ReadyCall, value: unknown) =>
      sendPath({ path: { [name]: encodeURIComponent(String(value)) } });
    expect(await complaintsOf(new Calls(id), [name], badTexts(schema), send)).toEqual([]);
  });
});

describe.each(inQuery.filter(({ name, schema }) => badQueries(name, schema).length > 0))(
  "the query of $id",
  ({ id, name, schema }) => {
    it(`is refused with a bad ${name}`, async () => {
      const send = ({ send: sendQuery }: ReadyCall, value: unknown) => sendQuery({ rawQuery: String(value) });
      expect(await complaintsOf(new Calls(id), [name], badQueries(name, schema), send)).toEqual([]);
    });
  },
);
