import * as z from "zod";
import type { Operation } from "../lib/operations.ts";
import type { Described, Input } from "./describe.ts";
import type { Handler } from "./handlers.ts";
import { authNotes } from "./notes.ts";
import { withNotes } from "./records.ts";

/** The credentials in a body. */
const Auth = z
  .object(
    withNotes(
      {
        applicationId: z.string().optional(),
        applicationPassword: z.string().optional(),
        accountId: z.string().optional(),
        userId: z.string().optional(),
        loginId: z.string().optional(),
        loginPassword: z.string().optional(),
      },
      authNotes,
    ),
  )
  .meta({
    id: "Auth",
    description:
      "The credentials of an application (`applicationId`, `applicationPassword`, and the practice and user that the call " +
      "is for), or of one user (`loginId`, `loginPassword`). You may send them in headers instead. If both are sent, those " +
      "in the body count.",
  });

/**
 * A field that also accepts the value that answers have when it is not set, so that callers can send answers back: `""` if
 * the function accepts it, `null` if answers can have it.
 */
const acceptingUnset = (field: z.ZodType, inAnswers: z.ZodType) =>
  field.meta({
    ...field.meta(),
    override: ({ jsonSchema }) => {
      const { type, pattern } = jsonSchema;
      if (inAnswers instanceof z.ZodNullable && typeof type === "string") jsonSchema.type = [type, "null"];
      if (typeof pattern === "string" && field.safeParse("").success) jsonSchema.pattern = orEmpty(pattern);
    },
  });

const orEmpty = (pattern: string) =>
  new RegExp(pattern, "u").test("") ? pattern : pattern.replace(/^\^(.*)\$$/, "^($1)?$");

/**
 * The parts of an operation's request: `input` of its description, or else the function's own schema with the notes of the
 * description. A GET has its fields in path and query, other methods in the body.
 */
export function inputOf(
  { method, tier, paths: [path = ""] }: Operation,
  { fields, target }: Handler,
  { input, notes = {}, documentedAs = {}, acceptsAnswersOf }: Described,
): Input {
  if (input) return input;
  const shape = withNotes({ ...fields?.shape, ...documentedAs }, notes) as Record<string, z.ZodType>;
  for (const [name, inAnswers] of Object.entries(acceptsAnswersOf?.shape ?? {})) {
    if (shape[name] && !(name in documentedAs)) shape[name] = acceptingUnset(shape[name], inAnswers as z.ZodType);
  }
  if (method === "GET") {
    const inPath = (name: string) => path.includes(`{${name}}`);
    const pick = (wanted: boolean) =>
      z.object(Object.fromEntries(Object.entries(shape).filter(([name]) => inPath(name) === wanted)));
    return { path: pick(true), query: pick(false) };
  }
  const key = target && shape[target];
  const optionalKey = key && {
    [target]: key.optional().meta({ description: `${notes[target]} Required here or in the credentials.` }),
  };
  const auth = tier === "none" ? {} : { auth: Auth.optional() };
  return { body: z.object({ ...auth, ...shape, ...optionalKey }) };
}
