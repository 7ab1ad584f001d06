import { stringify } from "neoqs";
import * as z from "zod";
import type { Operation } from "../lib/operations.ts";
import type { Described, Input } from "./describe.ts";

/** The bodies of requests in the document: as JSON, and urlencoded where that is accepted. */

/** The media type of urlencoded bodies, which portals accept as well as JSON. @internal Tests send it. */
export const formType = "application/x-www-form-urlencoded";

/** A body in urlencoded form; `undefined` if that form cannot express it. */
function formText(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body) || containsNull(body)) return undefined;
  return stringify(body, { encodeValuesOnly: true, arrayFormat: "brackets" });
}

const containsNull = (value: unknown): boolean =>
  value === null || (typeof value === "object" && Object.values(value as object).some(containsNull));

/** Properties that are sent with names in brackets. OpenAPI cannot express more than one level of brackets. */
function encodingOf(body: z.ZodType) {
  const shape = body instanceof z.ZodObject ? (body.shape as Record<string, z.ZodType>) : {};
  const documents = Object.entries(shape).filter(([, schema]) => plain(schema) instanceof z.ZodObject);
  return Object.fromEntries(documents.map(([name]) => [name, { style: "deepObject" as const, explode: true }]));
}

const plain = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? plain(schema.unwrap() as z.ZodType) : schema;

/** The body of a request in the document. */
export function requestBodyOf(
  { id, family }: Operation,
  { bodyIsOptional, form }: Input,
  body: z.ZodType,
  { examples }: Described,
) {
  const bodies = Object.entries(examples).flatMap(([name, { body: value }]) =>
    value === undefined ? [] : [{ name, value }],
  );
  const values = Object.fromEntries(bodies.map(({ name, value }) => [name, { value }]));
  const required = !bodyIsOptional;
  if (family !== "accounts") return { required, content: { "application/json": { schema: body, examples: values } } };
  // The name must not end with `Body`, and there must be one: generators of clients make such names themselves.
  const named = body.meta({ ...body.meta(), id: `${id}Fields` });
  const jsonExamples = bodies.length > 0 && { examples: values };
  const forms = bodies.flatMap(({ name, value }) => {
    const text = formText(value);
    return text === undefined ? [] : [[name, { description: `\`${text}\``, value }] as const];
  });
  return {
    required,
    content: {
      "application/json": { schema: named, ...jsonExamples },
      [formType]: {
        schema: form ? form.meta({ ...form.meta(), id: `${id}Form` }) : named,
        encoding: encodingOf(body),
        ...(jsonExamples && { examples: Object.fromEntries(forms) }),
      },
    },
  };
}
