import * as z from "zod";
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from "zod-openapi";
import { type Family, type Operation, type Tier, takesKeys } from "../lib/operations.ts";
import { mainPath, template, templateOf } from "./addresses.ts";
import type { Described } from "./describe.ts";
import { descriptionOf } from "./descriptions.ts";
import { documentedRows, handlerOf } from "./handlers.ts";
import { inputOf } from "./inputs.ts";
import { credentialsSentence, introduction, otherAddresses, tags } from "./introduction.ts";
import { requestBodyOf } from "./request-body.ts";
import { responsesOf } from "./responses.ts";

/**
 * Builds `docs/openapi.json` from the registry, the functions' own schemas and declared errors, the list of all errors, and
 * the `.examples.ts` file of each operation. Tests send every example, cause every failure, and compare the answers with the
 * document.
 */

type Json = Record<string, unknown>;

const byHeader = (name: string, description: string) => ({ type: "apiKey", in: "header", name, description }) as const;

const securitySchemes = {
  application: {
    type: "http",
    scheme: "basic",
    description:
      "An application's id and one of its current secrets. Bodies of `/api/io` may have them in `auth` instead.",
  },
  practiceId: byHeader("X-Account-Id", "With an application's credentials: the practice that the call is for."),
  userId: byHeader("X-User-Id", "With an application's credentials: the user that the call is for."),
  individual: byHeader(
    "Authorization",
    "A user signs in with their own login: `Individual base64(loginId:loginPassword)`.",
  ),
  clientKey: byHeader("Medable-Client-Key", "The vendor's public client key: 22 letters and digits."),
  session: {
    type: "apiKey",
    in: "cookie",
    name: "md.sid",
    description: "The session that register and login start.",
  },
  csrf: byHeader("Medable-Csrf-Token", "The session's CSRF token, from the last successful answer in the session."),
} as const;

type Requirement = Partial<Record<keyof typeof securitySchemes, string[]>>;
/** Requires several schemes together. */
const together = (...names: (keyof typeof securitySchemes)[]): Requirement =>
  Object.fromEntries(names.map((name) => [name, []]));
/** Credentials in the body. OpenAPI cannot express them, so this requires no scheme. */
const inBody: Requirement = {};

/** The combinations of schemes that an operation accepts. */
function securityOf({ tier, method, family }: Operation, { byHolderOnly }: Described): Requirement[] {
  const writes = !["GET", "OPTIONS"].includes(method);
  const server = together("application", "practiceId");
  const bySession = writes ? together("clientKey", "session", "csrf") : together("clientKey", "session");
  const orInBody = family === "practices" || writes ? [inBody] : [];
  const byTier: Readonly<Record<Tier, Requirement[]>> = {
    none: [],
    vendor: [together("application"), ...orInBody],
    account: [server, together("individual"), ...orInBody],
    user: [together("application", "practiceId", "userId"), together("individual"), ...orInBody],
    portal: [together("clientKey"), server],
    visitor: [together("clientKey"), bySession, server],
    session: byHolderOnly ? [bySession] : [bySession, server],
  };
  return byTier[tier];
}

/** The header that every write takes. */
const idempotencyHeader = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(255)
    .regex(/^[ -~]+$/)
    .optional()
    .meta({ description: "For 24 hours, the same request with the same key is carried out once and answered again." }),
});

/** An operation as OpenAPI has it. */
async function operationOf(row: Operation): Promise<Json> {
  const handler = await handlerOf(row);
  const described = descriptionOf(row.id);
  const input = inputOf(row, handler, described);
  const family = row.family as Exclude<Family, "edge">;
  return {
    operationId: row.id,
    summary: row.summary,
    description: `${described.description}\n\n${credentialsSentence(row, described.byHolderOnly)}`,
    tags: [tags[family].name],
    "x-tier": row.tier,
    "x-repeatable": described.repeatable,
    security: securityOf(row, described),
    requestParams: {
      ...(input.path && { path: input.path }),
      ...(input.query && { query: input.query }),
      ...(takesKeys(row) && { header: idempotencyHeader }),
    },
    ...(input.body && { requestBody: requestBodyOf(row, input, input.body, described) }),
    responses: responsesOf(row, handler, described),
  };
}

const variablesOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));

/** An operation that the library has written, as far as it is read here. */
interface WrittenOperation {
  readonly parameters?: readonly { name: string; in: string; example?: unknown }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
  readonly [name: string]: unknown;
}

/** Writes "or null" as a second type instead of an alternative. The meaning is the same, and it is shorter. */
function orNull({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }): void {
  if (zodSchema._zod.def.type !== "nullable") return;
  const { anyOf: [value] = [] } = jsonSchema as { anyOf?: Json[] };
  if (typeof value?.type !== "string" || value.enum) return;
  const { anyOf: _, ...others } = jsonSchema;
  for (const name of Object.keys(jsonSchema)) delete jsonSchema[name];
  Object.assign(jsonSchema, value, { type: [value.type, "null"] }, others);
}

/** Writes slashes in patterns without an escape. JSON does not need it, and generators of clients escape them again. */
function plainSlashes({ jsonSchema }: { jsonSchema: Json }): void {
  if (typeof jsonSchema.pattern === "string") jsonSchema.pattern = jsonSchema.pattern.replaceAll("\\/", "/");
}

/** The document. @param version the version of the package */
export async function openApiDocument(version: string): Promise<Json> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const row of documentedRows) {
    const path = templateOf(mainPath(row));
    const verb = row.method.toLowerCase();
    paths[path] = {
      ...paths[path],
      [verb]: (await operationOf(row)) as unknown as ZodOpenApiOperationObject,
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
  ) as unknown as Json & { paths: Record<string, Record<string, WrittenOperation>>; components: Json };

  const requestBodies: Json = {};
  const responses: Json = {};
  for (const row of documentedRows) {
    const verb = row.method.toLowerCase();
    const main = mainPath(row);
    const item = document.paths[templateOf(main)] as Record<string, WrittenOperation>;
    const written = withParameterExamples(item[verb] as WrittenOperation, descriptionOf(row.id));
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
          "x-repeatable": written["x-repeatable"],
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

/** Example value of the path variable that all operations of portals have. */
const samplePath: Readonly<Record<string, string>> = { org: "riverside" };

/** Adds example values to parameters: for each the first value that an example of the operation has. */
function withParameterExamples(written: WrittenOperation, { examples }: Described): WrittenOperation {
  if (!written.parameters) return written;
  const parameters = written.parameters.map((parameter) => {
    const values = Object.values(examples).map(
      ({ path, query }) => (parameter.in === "path" ? { ...samplePath, ...path } : query)?.[parameter.name],
    );
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

/** The parameters of another address of an operation. The variables of its path may have other names. */
function parametersAt(path: string, own: string, parameters: NonNullable<WrittenOperation["parameters"]>) {
  const ownNames = variablesOf(own);
  const inPath = variablesOf(path).map((name, place) => {
    const known = parameters.find((parameter) => parameter.in === "path" && parameter.name === ownNames[place]);
    return known
      ? { ...known, name }
      : { name, in: "path", required: true, description: "Any further path.", schema: { type: "string" } };
  });
  const all = [...inPath, ...parameters.filter((parameter) => parameter.in !== "path")];
  return all.length > 0 ? { parameters: all } : {};
}
