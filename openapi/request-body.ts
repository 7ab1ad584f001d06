import { stringify } from "neoqs";
import * as z from "zod";
import type { Operation, OperationId } from "../lib/operations.ts";
import { type Example, examples } from "./examples.ts";
import type { Input } from "./inputs.ts";

/** Bodies of requests, in each form in which they may come. */

/** The media type of urlencoded bodies, which portals accept as well as JSON. @internal Tests send it. */
export const formType = "application/x-www-form-urlencoded";

/** A body as it is sent urlencoded; `undefined` for what such a body cannot say. */
function formText(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body) || saysNull(body)) return undefined;
  return stringify(body, { encodeValuesOnly: true, arrayFormat: "brackets" });
}

const saysNull = (value: unknown): boolean =>
  value === null || (typeof value === "object" && Object.values(value as object).some(saysNull));

/** The names of a body that take brackets, in OpenAPI's words; it has none for what is below a second bracket. */
function encodingOf(body: z.ZodType) {
  const shape = body instanceof z.ZodObject ? (body.shape as Record<string, z.ZodType>) : {};
  const documents = Object.entries(shape).filter(([, schema]) => plain(schema) instanceof z.ZodObject);
  return Object.fromEntries(documents.map(([name]) => [name, { style: "deepObject" as const, explode: true }]));
}

const plain = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? plain(schema.unwrap() as z.ZodType) : schema;

/** What the document says of a body. */
export function requestBodyOf({ id, family }: Operation, { bodyIsOptional, form }: Input, body: z.ZodType) {
  const bodies = examples[id as Exclude<OperationId, "Unmatched">].filter(
    (example: Example) => example.body !== undefined,
  );
  const values = Object.fromEntries(bodies.map(({ name, body: value }) => [name, { value }]));
  const required = !bodyIsOptional;
  if (family !== "accounts") return { required, content: { "application/json": { schema: body, examples: values } } };
  // Not `…Body`, nor without names: generators of clients call what they make themselves so.
  const named = body.meta({ ...body.meta(), id: `${id}Fields` });
  const shown = bodies.length > 0 && { examples: values };
  const forms = bodies.flatMap(({ name, body: value }) => {
    const text = formText(value);
    return text === undefined ? [] : [[name, { description: `\`${text}\``, value }] as const];
  });
  return {
    required,
    content: {
      "application/json": { schema: named, ...shown },
      [formType]: {
        schema: form ? form.meta({ ...form.meta(), id: `${id}Form` }) : named,
        encoding: encodingOf(body),
        ...(shown && { examples: Object.fromEntries(forms) }),
      },
    },
  };
}
