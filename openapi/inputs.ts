import * as z from "zod";
import type { Operation, OperationId } from "../lib/operations.ts";
import { noted, Practice, User } from "./answers.ts";
import type { Handler } from "./handlers.ts";
import { authNotes, organizationNotes, portalSettingsNotes, practiceNotes, profileNotes, userNotes } from "./notes.ts";

/** What an operation takes. */
export interface Input {
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** What a urlencoded body is to be, where that is something else. */
  readonly form?: z.ZodType;
  /** Whether a body may be left out. */
  readonly bodyIsOptional?: true;
}

/** Credentials in the body, as far as a tier asks for them. */
const Auth = z
  .object(
    noted(
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
      "Credentials: an application's (`applicationId`, `applicationPassword`, and the practice and user that the call is " +
      "for), or one user's (`loginId`, `loginPassword`). They may come as headers instead; these come first.",
  });

const listNotes = {
  limit: "How many at the most: 1 to 1000.",
  cursor: "The `cursor` of the page before: opaque, and good for this list and this caller alone.",
};

const practiceListNotes = {
  ...listNotes,
  limit: "How many at the most: 1 to 1000. Left out: all that fits into 5 MB.",
};

/** Notes on the fields of a function's own schema. */
const notesOf: Readonly<Partial<Record<OperationId, Readonly<Record<string, string>>>>> = {
  PracticeCreate: practiceNotes,
  PracticeUpdate: practiceNotes,
  PracticeSave: practiceNotes,
  PracticeGet: practiceNotes,
  PracticeList: practiceListNotes,
  UserCreate: userNotes,
  UserUpdate: userNotes,
  UserSave: userNotes,
  UserGet: userNotes,
  UserList: { ...practiceListNotes, accountId: "Narrows the list to the users of this practice." },
  PortalSettingsSave: portalSettingsNotes,
  OrganizationSave: { ...organizationNotes, id: "The organization to change; without it a new one is made." },
  OrganizationList: listNotes,
  OrganizationListByTherapist: { ...listNotes, therapistUserId: organizationNotes.therapist_user_id },
  PracticeProfileSave: profileNotes,
  PracticeProfileGet: profileNotes,
};

type JsonSchema = Record<string, unknown>;
const shown = (schema: z.ZodType, change: (written: JsonSchema) => JsonSchema) =>
  schema.meta({
    ...schema.meta(),
    override: ({ jsonSchema }) => {
      const changed = change({ ...jsonSchema });
      for (const name of Object.keys(jsonSchema)) delete (jsonSchema as JsonSchema)[name];
      Object.assign(jsonSchema, changed);
    },
  });

/** What is read from text, or made text, by name: what it is all the same. */
const readAs: Readonly<Record<string, (written: JsonSchema) => JsonSchema>> = {
  limit: ({ pattern, ...rest }) => ({ ...rest, type: "integer", minimum: 1, maximum: 1000, default: 1000 }),
  userId: ({ description, minLength, maxLength, pattern }) => ({
    description,
    anyOf: [{ type: "string", minLength, maxLength, pattern }, { type: "integer" }],
  }),
};

/** What is answered of the record that an operation writes: it may be sent back. */
const records: Readonly<Partial<Record<string, z.ZodObject>>> = {
  PracticeCreate: Practice,
  PracticeUpdate: Practice,
  PracticeSave: Practice,
  UserCreate: User,
  UserUpdate: User,
  UserSave: User,
};

/** A field that takes what answers have where it is not set: `""` where the function takes it, `null` where they have that. */
const answeredBack = (field: z.ZodType, answered: z.ZodType) =>
  shown(field, (written) => ({
    ...written,
    ...(answered instanceof z.ZodNullable && { type: [written.type, "null"] }),
    ...(typeof written.pattern === "string" && field.safeParse("").success && { pattern: orEmpty(written.pattern) }),
  }));

const orEmpty = (pattern: string) =>
  new RegExp(pattern, "u").test("") ? pattern : pattern.replace(/^\^(.*)\$$/, "^($1)?$");

/**
 * What an operation of practices or therapists takes: the function's own schema, what it says completed by notes; a verb
 * without body takes it elsewhere.
 */
export function inputOf(
  { id, family, method, tier, paths: [path = ""] }: Operation,
  { fields, target }: Handler,
): Input {
  const notes = notesOf[id as OperationId] ?? {};
  const shape = noted(fields?.shape ?? {}, notes) as Record<string, z.ZodType>;
  if (family === "therapists") {
    for (const [name, change] of Object.entries(readAs)) if (shape[name]) shape[name] = shown(shape[name], change);
  }
  for (const [name, answered] of Object.entries(records[id]?.shape ?? {})) {
    if (shape[name]) shape[name] = answeredBack(shape[name], answered as z.ZodType);
  }
  if (method === "GET") {
    const inPath = (name: string) => path.includes(`{${name}}`);
    const pick = (wanted: boolean) =>
      z.object(Object.fromEntries(Object.entries(shape).filter(([name]) => inPath(name) === wanted)));
    return { path: pick(true), query: pick(false) };
  }
  const key = target && shape[target];
  const optionalKey = key && {
    [target]: key.optional().meta({ description: `${notes[target]} Needed here or in the credentials.` }),
  };
  const auth = tier === "none" ? {} : { auth: Auth.optional() };
  return { body: z.object({ ...auth, ...shape, ...optionalKey }) };
}
