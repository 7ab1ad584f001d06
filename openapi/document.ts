import type * as z from "zod";
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from "zod-openapi";
import type { Family, Operation, OperationId, Tier } from "../lib/operations.ts";
import { mainPath, template, templateOf } from "./addresses.ts";
import { type Example, examples } from "./examples.ts";
import type { ShownFailures } from "./failures.ts";
import { documentedRows, handlerOf } from "./handlers.ts";
import { inputOf } from "./inputs.ts";
import { portalInputs } from "./portal-inputs.ts";
import { requestBodyOf } from "./request-body.ts";
import { ownOnly, responsesOf } from "./responses.ts";
import { descriptions, introduction, otherAddresses, tags, tierWords } from "./words.ts";

/**
 * Builds `docs/openapi.json` from the registry, the functions' own schemas and declared errors, the list of all errors,
 * and the failures that functions really answered. Only sentences, examples of requests and of successes, and the schemas
 * of answers are added here.
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

/** Of the operations that write, those that set what is stated. */
const sets = /(Update|Save|Put)$/;

/** Whether the same request may be sent again after its answer was lost, without doing anything twice. */
const repeatableOf = ({ id, table }: Operation): boolean | "with id" => {
  // Without an id each request makes an organization of its own.
  if (id === "OrganizationSave") return "with id";
  return table !== "write" || sets.test(id);
};

async function operationOf(row: Operation, failures: ShownFailures): Promise<Json> {
  const handler = await handlerOf(row);
  const id = row.id as Described;
  const input = row.family === "accounts" ? (portalInputs[id] ?? {}) : inputOf(row, handler);
  const family = row.family as Exclude<Family, "edge">;
  return {
    operationId: id,
    summary: row.summary,
    description: `${descriptions[id]}\n\n${tierWords[row.tier]}`,
    tags: [tags[family].name],
    "x-tier": row.tier,
    "x-repeatable": repeatableOf(row),
    security: securityOf(row),
    requestParams: { ...(input.path && { path: input.path }), ...(input.query && { query: input.query }) },
    ...(input.body && { requestBody: requestBodyOf(row, input, input.body) }),
    responses: responsesOf(row, handler, failures),
  };
}

const variablesOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));

interface Written {
  readonly parameters?: readonly { name: string; in: string; example?: unknown }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
  readonly [name: string]: unknown;
}

/** Writes "or null" as a type rather than as an alternative: it is shorter, and says the same. */
function orNull({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }): void {
  if (zodSchema._zod.def.type !== "nullable") return;
  const { anyOf: [value] = [] } = jsonSchema as { anyOf?: Json[] };
  if (typeof value?.type !== "string" || value.enum) return;
  const { anyOf: _, ...others } = jsonSchema;
  for (const name of Object.keys(jsonSchema)) delete jsonSchema[name];
  Object.assign(jsonSchema, value, { type: [value.type, "null"] }, others);
}

/** Writes a slash as a slash: only between the slashes of a literal needs it to be escaped, which generators do again. */
function plainSlashes({ jsonSchema }: { jsonSchema: Json }): void {
  if (typeof jsonSchema.pattern === "string") jsonSchema.pattern = jsonSchema.pattern.replaceAll("\\/", "/");
}

/**
 * The document, as it is written.
 * @param failures what each operation answers when it fails
 */
export async function openApiDocument(version: string, failures: ShownFailures): Promise<Json> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const row of documentedRows) {
    const path = templateOf(mainPath(row));
    const verb = row.method.toLowerCase();
    paths[path] = {
      ...paths[path],
      [verb]: (await operationOf(row, failures)) as unknown as ZodOpenApiOperationObject,
    };
  }
  const document = createDocument(
    {
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
    } as ZodOpenApiObject,
    {
      override: (schema) => {
        orNull(schema);
        plainSlashes(schema);
      },
    },
  ) as unknown as Json & { paths: Record<string, Record<string, Written>>; components: Json };

  const requestBodies: Json = {};
  const responses: Json = {};
  for (const row of documentedRows) {
    const verb = row.method.toLowerCase();
    const main = mainPath(row);
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
          "x-repeatable": repeatableOf(row),
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
