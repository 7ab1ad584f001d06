import * as z from "zod";
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from "zod-openapi";
import type { ErrorCode } from "../lib/errors.ts";
import type { Family, Operation, OperationId, Tier } from "../lib/operations.ts";
import { answers, noted, type Success } from "./answers.ts";
import { busy, canBeBusy, canFail, errorsOf, failed, internal } from "./errors.ts";
import { type Example, examples } from "./examples.ts";
import { busySchema, failureSchema, internalSchema } from "./failures.ts";
import { documentedRows, type Handler, handlerOf } from "./handlers.ts";
import { Auth, type Input, notesOf, portalInputs } from "./inputs.ts";
import { descriptions, introduction, otherAddresses, tags, tierWords } from "./words.ts";

/**
 * Builds `docs/openapi.json` from the registry, the functions' own schemas and declared errors, and the list of all
 * errors. Only sentences, examples and the schemas of answers are added here.
 */

type Json = Record<string, unknown>;
type Described = Exclude<OperationId, "Unmatched">;

const byHeader = (name: string, description: string) => ({ type: "apiKey", in: "header", name, description }) as const;

const securitySchemes = {
  application: {
    type: "http",
    scheme: "basic",
    description: "An application's id and one of its live secrets. `/api/io` takes them in the body's `auth` as well.",
  },
  practiceId: byHeader("X-Account-Id", "With an application's credentials: the practice that the call is for."),
  userId: byHeader("X-User-Id", "With an application's credentials: the user that the call is for."),
  individual: byHeader("Authorization", "One user signs in: `Individual base64(loginId:loginPassword)`."),
  clientKey: byHeader("Medable-Client-Key", "The vendor's public client key: 22 letters and digits."),
  session: {
    type: "apiKey",
    in: "cookie",
    name: "md.sid",
    description: "The session that register and login begin.",
  },
  csrf: byHeader("Medable-Csrf-Token", "The session's token, as the last success under the session answered it."),
} as const;

type Requirement = Partial<Record<keyof typeof securitySchemes, string[]>>;
const all = (...names: (keyof typeof securitySchemes)[]): Requirement =>
  Object.fromEntries(names.map((name) => [name, []]));
/** Credentials in the body, which OpenAPI has no word for. */
const inBody: Requirement = {};

/** Operations of a session's holder alone. */
const ownOnly = new Set<string>(["AccountLogout", "AccountUpdatePassword", "AccountResendVerification"]);

function securityOf({ id, tier, method, family }: Operation): Requirement[] {
  const writes = !["GET", "OPTIONS"].includes(method);
  const server = all("application", "practiceId");
  const bySession = writes ? all("clientKey", "session", "csrf") : all("clientKey", "session");
  const stated = family === "practices" || writes ? [inBody] : [];
  const ways: Readonly<Record<Tier, Requirement[]>> = {
    none: [],
    vendor: [all("application"), ...stated],
    account: [server, all("individual"), ...stated],
    user: [all("application", "practiceId", "userId"), all("individual"), ...stated],
    portal: [all("clientKey"), server],
    visitor: [all("clientKey"), bySession, server],
    session: ownOnly.has(id) ? [bySession] : [bySession, server],
  };
  return ways[tier];
}

const wholeLimit = { type: "integer", minimum: 1, maximum: 1000, default: 1000, pattern: undefined };
const overridden = (schema: z.ZodType, change: Json) =>
  schema.meta({ ...schema.meta(), override: ({ jsonSchema }) => void Object.assign(jsonSchema, change) });

/** What goes in. The functions' own schemas, what they say completed by notes; a verb without body takes it elsewhere. */
function inputOf({ id, family, method, tier, paths: [path = ""] }: Operation, { fields, target }: Handler): Input {
  if (family === "accounts") return portalInputs[id] ?? {};
  const notes = notesOf[id as OperationId] ?? {};
  const shape = noted(fields?.shape ?? {}, notes) as Record<string, z.ZodType>;
  // Read from text, or made text: what the schemas are of.
  if (family === "therapists" && shape.limit) shape.limit = overridden(shape.limit, wholeLimit);
  if (family === "therapists" && shape.userId) shape.userId = overridden(shape.userId, { type: ["string", "integer"] });
  if (method === "GET") {
    const inPath = (name: string) => path.includes(`{${name}}`);
    const pick = (wanted: boolean) =>
      z.object(Object.fromEntries(Object.entries(shape).filter(([name]) => inPath(name) === wanted)));
    return { path: pick(true), query: pick(false) };
  }
  const key = target && shape[target];
  const optionalKey = key && {
    [target]: z
      .string()
      .optional()
      .meta({ ...key.meta(), description: `${notes[target]} Needed here or in the credentials.`, maxLength: 128 }),
  };
  const auth = tier === "none" ? {} : { auth: Auth.optional() };
  return { body: z.object({ ...auth, ...shape, ...optionalKey }) };
}

interface Said {
  readonly schema: z.ZodType;
  readonly examples: Json;
}
interface Answered {
  readonly descriptions: string[];
  readonly headers: Record<string, string>;
  readonly media: Record<string, Said[]>;
}

/** The answers of an operation by HTTP status. */
function answersOf(row: Operation, handler: Handler, errors: readonly ErrorCode[]) {
  const byStatus = new Map<number, Answered>();
  const at = (status: number): Answered => {
    const known = byStatus.get(status) ?? { descriptions: [], headers: {}, media: {} };
    byStatus.set(status, known);
    return known;
  };
  const id = row.id as Described;
  for (const [status, { description, body, headers = {} }] of Object.entries<Success>(answers[id])) {
    const answered = at(Number(status));
    answered.descriptions.push(description);
    Object.assign(answered.headers, headers);
    if (row.family === "accounts" && (row.tier === "session" || "Set-Cookie" in headers)) {
      answered.headers["Medable-Csrf-Token"] = "The session's CSRF token, on answers under a session.";
    }
    const shown = examples[id].filter((example: Example) => (example.status ?? 200) === Number(status));
    const values = Object.fromEntries(shown.map(({ name, answer }) => [name, { value: answer }]));
    if (body) add(answered, "application/json", { schema: body, examples: values });
  }
  const { dialect } = handler;
  for (const code of errors) {
    const { status, mediaType, body, headers } = failed(row, dialect, code);
    const answered = at(status);
    const { responseMessage, detail, message } = body as Record<string, string>;
    const text = String(code === 4060 ? "Bad Request: invalid fields" : (responseMessage ?? detail ?? message));
    answered.descriptions.push(`\`${code}\` ${text}`);
    if (headers["www-authenticate"]) answered.headers["WWW-Authenticate"] = "The schemes that are understood.";
    const values = { [code]: { summary: text, value: body } };
    add(answered, mediaType, { schema: failureSchema(row.family, code), examples: values });
  }
  if (canFail(row)) {
    addUnforeseen(at(500), internal(dialect), internalSchema(row.family), "Something unforeseen; no detail.");
  }
  if (canBeBusy(row)) {
    const answered = at(503);
    addUnforeseen(answered, busy(dialect), busySchema(row.family), "Nothing was written; send it again.");
    answered.headers["Retry-After"] = "After how many seconds.";
  }
  return byStatus;
}

function add({ media }: Answered, mediaType: string, said: Said): void {
  media[mediaType] = [...(media[mediaType] ?? []), said];
}

function addUnforeseen(
  answered: Answered,
  { mediaType, body }: ReturnType<typeof busy>,
  schema: z.ZodType,
  text: string,
) {
  answered.descriptions.push(text);
  add(answered, mediaType, { schema, examples: { unforeseen: { summary: text, value: body } } });
}

function responsesOf(byStatus: ReadonlyMap<number, Answered>) {
  return Object.fromEntries(
    [...byStatus].map(([status, { descriptions, headers, media }]) => [
      String(status),
      {
        description: descriptions.length === 1 ? descriptions[0] : descriptions.map((text) => `- ${text}`).join("\n"),
        ...(Object.keys(headers).length > 0 && {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, description]) => [
              name,
              { description, schema: { type: "string" as const } },
            ]),
          ),
        }),
        ...(Object.keys(media).length > 0 && {
          content: Object.fromEntries(
            Object.entries(media).map(([mediaType, said]) => {
              const schemas = said.map(({ schema }) => schema);
              const [first, second, ...more] = schemas;
              const schema = second ? z.xor([first as z.ZodType, second, ...more]) : first;
              return [mediaType, { schema, examples: Object.assign({}, ...said.map(({ examples: shown }) => shown)) }];
            }),
          ),
        }),
      },
    ]),
  );
}

async function operationOf(row: Operation): Promise<Json> {
  const handler = await handlerOf(row);
  const id = row.id as Described;
  const input = inputOf(row, handler);
  const errors = errorsOf(row, handler);
  const family = row.family as Exclude<Family, "edge">;
  const bodies = examples[id].filter(({ body }) => body !== undefined);
  return {
    operationId: id,
    summary: row.summary,
    description: `${descriptions[id]}\n\n${tierWords[row.tier]}`,
    tags: [tags[family].name],
    "x-tier": row.tier,
    security: securityOf(row),
    requestParams: { ...(input.path && { path: input.path }), ...(input.query && { query: input.query }) },
    ...(input.body && {
      requestBody: {
        required: !input.bodyIsOptional,
        content: {
          "application/json": {
            schema: input.body,
            ...(bodies.length > 0 && {
              examples: Object.fromEntries(bodies.map(({ name, body }) => [name, { value: body }])),
            }),
          },
        },
      },
    }),
    responses: responsesOf(answersOf(row, handler, errors)),
  };
}

/** A path as OpenAPI writes it: it knows no greedy variables. */
const template = (path: string) => path.replaceAll("+}", "}");
const variablesOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
const shapeOf = (path: string) => template(path).replaceAll(/\{\w+\}/g, "{}");

/**
 * The addresses of all rows in OpenAPI's form. Paths that differ in the names of variables alone are one path to OpenAPI,
 * and take the names that most rows have.
 */
function templates(): (path: string) => string {
  const byShape = new Map<string, string[]>();
  for (const path of documentedRows.flatMap(({ paths }) => paths)) {
    byShape.set(shapeOf(path), [...(byShape.get(shapeOf(path)) ?? []), template(path)]);
  }
  const mostFrequent = (names: readonly string[]) =>
    names.toSorted((one, other) => count(names, other) - count(names, one))[0] as string;
  const count = (names: readonly string[], wanted: string) => names.filter((name) => name === wanted).length;
  return (path) => mostFrequent(byShape.get(shapeOf(path)) ?? [template(path)]);
}

/** Which of its addresses an operation is described under: the first whose variables have the row's own names. */
function mainPath({ paths }: Operation, templateOf: (path: string) => string): string {
  return paths.find((path) => templateOf(path) === template(path)) ?? (paths[0] as string);
}

interface Written {
  readonly parameters?: readonly { name: string; in: string; example?: unknown }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
  readonly [name: string]: unknown;
}

/** The document, as it is written. */
export async function openApiDocument(version: string): Promise<Json> {
  const templateOf = templates();
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const row of documentedRows) {
    const path = templateOf(mainPath(row, templateOf));
    const verb = row.method.toLowerCase();
    paths[path] = { ...paths[path], [verb]: (await operationOf(row)) as unknown as ZodOpenApiOperationObject };
  }
  const document = createDocument({
    openapi: "3.1.1",
    info: {
      title: "Frontdesk",
      version,
      description: introduction,
      license: { name: "Apache 2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "Where this document is served." }],
    tags: [...Object.values(tags), otherAddresses],
    paths,
    components: { securitySchemes },
  } as ZodOpenApiObject) as unknown as Json & { paths: Record<string, Record<string, Written>>; components: Json };

  const requestBodies: Json = {};
  const responses: Json = {};
  for (const row of documentedRows) {
    const verb = row.method.toLowerCase();
    const main = mainPath(row, templateOf);
    const item = document.paths[templateOf(main)] as Record<string, Written>;
    const written = withParameterExamples(item[verb] as Written, examples[row.id as Described]);
    const requestBody = written.requestBody && { $ref: `#/components/requestBodies/${row.id}` };
    if (written.requestBody) requestBodies[row.id] = written.requestBody;
    const references = Object.fromEntries(
      Object.entries(written.responses).map(([status, response]) => {
        responses[`${row.id}-${status}`] = response;
        return [status, { $ref: `#/components/responses/${row.id}-${status}` }];
      }),
    );
    item[verb] = { ...written, ...(requestBody && { requestBody }), responses: references };
    for (const [place, alias] of row.paths.filter((path) => path !== main).entries()) {
      const path = templateOf(alias);
      document.paths[path] = {
        ...document.paths[path],
        [verb]: {
          operationId: `${row.id}-${place + 2}`,
          summary: row.summary,
          description: `The same as \`${row.method} ${template(main)}\`.`,
          tags: [otherAddresses.name],
          "x-alias-of": row.id,
          "x-tier": row.tier,
          security: written.security,
          ...parametersAt(path, template(alias), written.parameters ?? []),
          ...(requestBody && { requestBody }),
          responses: references,
        },
      };
    }
  }
  Object.assign(document.components, { requestBodies, responses });
  return document;
}

/** Parameters carry the values of the operation's first example. */
function withParameterExamples(written: Written, shown: readonly Example[]): Written {
  if (!written.parameters) return written;
  const parameters = written.parameters.map((parameter) => {
    const values = shown.map(({ path, query }) => (parameter.in === "path" ? path : query)?.[parameter.name]);
    const value = values.find((candidate) => candidate !== undefined);
    if (value === undefined) return parameter;
    const isList = parameter.name.endsWith("[]");
    return {
      ...parameter,
      example: isList ? [value] : /^\d+$/.test(value) && parameter.name !== "therapistUserId" ? Number(value) : value,
    };
  });
  return { ...written, parameters };
}

/** The parameters of another address: those of its path, under the names that it has here, and of the query. */
function parametersAt(path: string, own: string, parameters: NonNullable<Written["parameters"]>) {
  const ownNames = variablesOf(own);
  const inPath = variablesOf(path).map((name, place) => {
    const known = parameters.find((parameter) => parameter.in === "path" && parameter.name === ownNames[place]);
    return known
      ? { ...known, name }
      : { name, in: "path", required: true, description: "Any path below.", schema: { type: "string" } };
  });
  const all = [...inPath, ...parameters.filter((parameter) => parameter.in === "query")];
  return all.length > 0 ? { parameters: all } : {};
}
