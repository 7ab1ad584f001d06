import * as z from "zod";
import { Document } from "../lib/accounts/document.ts";
import type { OperationId } from "../lib/operations.ts";
import { noted } from "./answers.ts";
import {
  accountNotes,
  authNotes,
  organizationNotes,
  portalSettingsNotes,
  practiceNotes,
  profileNotes,
  userNotes,
} from "./notes.ts";

/**
 * What operations take. Those of practices and therapists are the functions' own schemas; functions of accounts read
 * their input themselves, property by property, and what they take is said here.
 */
export interface Input {
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Whether a body may be left out. */
  readonly bodyIsOptional?: true;
}

type Shape = Readonly<Record<string, z.ZodType>>;

/** Credentials in the body, as far as a tier asks for them. */
export const Auth = z
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

/** Notes on the fields of a function's own schema. */
export const notesOf: Readonly<Partial<Record<OperationId, Readonly<Record<string, string>>>>> = {
  PracticeCreate: practiceNotes,
  PracticeUpdate: practiceNotes,
  PracticeSave: practiceNotes,
  PracticeGet: practiceNotes,
  PracticeList: { ...listNotes, accountId: "Not used." },
  UserCreate: userNotes,
  UserUpdate: userNotes,
  UserSave: userNotes,
  UserGet: userNotes,
  UserList: { ...listNotes, accountId: "Narrows the list to the users of this practice." },
  PortalSettingsSave: portalSettingsNotes,
  OrganizationSave: { ...organizationNotes, id: "The organization to change; without it a new one is made." },
  OrganizationList: listNotes,
  OrganizationListByTherapist: { ...listNotes, therapistUserId: organizationNotes.therapist_user_id },
  PracticeProfileSave: profileNotes,
  PracticeProfileGet: profileNotes,
};

const org = { org: z.string().meta({ description: "The practice's `websiteAddress`." }) };
const path = (more: Shape = {}) => z.object({ ...org, ...more });
const id = { id: z.string().meta({ description: "An account's id, or `me`." }) };

const document = Document("9999-12-31").shape;
const { state, locked, activationRequired, roles, name, mobile, ...own } = noted(document, accountNotes);
/** What holders write of themselves, custom properties beside it. */
const writable = { name, mobile, ...own };
const byAdministrators = { state, locked, activationRequired, roles };
/** The same properties, each of which `null` clears. */
const cleared = (shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, nullable(schema)]));
const nullable = (schema: z.ZodType) => {
  const { description } = schema.meta() ?? {};
  const value = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  return description === undefined ? value.nullable() : value.nullable().meta({ description });
};
const email = z.string().meta({ description: accountNotes.email });
const password = z.string().meta({
  description:
    "8 to 256 characters, not too easily guessed (zxcvbn, against the portal's `minPasswordScore`), and not the holder's " +
    "name or e-mail address.",
});
const custom = "Properties of your own, named `c_…`, may stand beside these.";

const Operation = z
  .object({
    op: z.enum(["set", "unset", "push", "remove"]).meta({ description: "What to do." }),
    path: z.string().meta({ description: "A property: `/name/first` or `name.first`." }),
    value: z.unknown().meta({ description: "With what; `unset` takes none." }),
  })
  .partial({ value: true })
  .meta({ id: "PatchOperation", description: "One change of a property." });

const several = (description: string) => z.array(z.string()).optional().meta({ description });
const selection = {
  "paths[]": several("Dotted names of properties to narrow the answer to; may be repeated."),
  "include[]": several("`connections`."),
  "expand[]": several("`updater`."),
};

const location = z
  .object({
    verificationToken: z.string().meta({ description: "The six digits of the text message." }),
    locationName: z.string().meta({ description: "What the holder calls this device." }),
    singleUse: z.boolean().meta({ description: "The device is not to be remembered." }),
  })
  .partial()
  .meta({ description: "The device." });

/** What the operations of portals take. */
export const portalInputs: Readonly<Record<string, Input>> = {
  AccountRegister: {
    path: path(),
    body: z
      .looseObject({
        ...writable,
        email,
        password,
        token: z.string().optional().meta({ description: "An invitation." }),
      })
      .meta({ description: custom }),
  },
  AccountLogin: {
    path: path(),
    body: z.object({
      email,
      password: z.string().meta({ description: "The password." }),
      location: location.optional(),
    }),
  },
  AccountStatus: {
    path: path(),
    query: z.object({
      expand: z.enum(["true", "false"]).optional().meta({ description: "`true` gives the whole account." }),
    }),
  },
  AccountLogout: { path: path() },
  AccountRequestPasswordReset: { path: path(), body: z.object({ email }) },
  AccountResetPassword: {
    path: path(),
    body: z.object({ token: z.string().meta({ description: "The mailed token: 32 letters and digits." }), password }),
  },
  AccountUpdatePassword: {
    path: path(),
    body: z.object({ current: z.string().meta({ description: "The present password." }), password }),
  },
  AccountVerify: {
    path: path({ token: z.string().meta({ description: "The mailed token: 32 letters and digits." }) }),
    body: z.object({
      token: z.string().optional().meta({ description: "The mailed token, at the address that does not name it." }),
    }),
    bodyIsOptional: true,
  },
  AccountResendVerification: { path: path() },
  AccountList: {
    path: path(),
    query: z.object({
      limit: z.int().min(1).max(1000).default(100).optional().meta({ description: "How many at the most." }),
      skip: z.int().min(0).max(10_000).default(0).optional().meta({ description: "How many to leave out before." }),
      sort: z
        .string()
        .optional()
        .meta({ description: '`_id` or `{"_id":1}`: oldest first. `{"_id":-1}`: newest first.' }),
      where: z
        .string()
        .optional()
        .meta({
          description:
            "A JSON object: conditions on `_id`, `email`, `mobile`, `name.first`, `name.last`, `state`, `locked`, `roles`, " +
            "`gender`, `created` and `favorite`, by `$eq $ne $in $gt $gte $lt $lte`, `$and`, `$or` and `$regex` of an " +
            'anchored prefix such as `"/^s/i"`.',
        }),
      ...selection,
    }),
  },
  AccountGet: { path: path(id), query: z.object(selection) },
  AccountGetProperty: {
    path: path({
      ...id,
      property: z
        .string()
        .meta({ description: "Where the property is; further names follow after slashes: `name/first`." }),
    }),
  },
  AccountPut: {
    path: path(id),
    body: z
      .looseObject({
        ...cleared({ ...writable, ...byAdministrators }),
        favorite: z.boolean().nullable().meta({ description: accountNotes.favorite }),
        name: z.object(cleared(name.shape)).partial().meta({ description: accountNotes.name }),
      })
      .partial()
      .meta({ description: `What is to change; \`null\` clears. ${custom}` }),
  },
  AccountPatch: {
    path: path(id),
    body: z
      .union([Operation, z.array(Operation)])
      .meta({ description: "One operation, or several: all are done or none." }),
  },
  AccountPreflight: { path: path() },
};
