import * as z from "zod";
import { Document } from "../lib/accounts/account/document.ts";
import { emailCharactersMax } from "../lib/accounts/account/email.ts";
import { kindOf, rules, type Writer } from "../lib/accounts/account/properties.ts";
import { cleared, optionalTexts } from "../lib/accounts/change/steps.ts";
import { tokenShape } from "../lib/accounts/mail/token.ts";
import { codeShape } from "../lib/accounts/sign-in/device.ts";
import { labelShape } from "../lib/practices/ids.ts";
import { customProperties } from "./answers.ts";
import type { Input } from "./inputs.ts";
import { accountNotes } from "./notes.ts";

/**
 * What operations of portals take. Properties of an account come from the rules of who writes them and from the document
 * that is stored; what else functions read, one value after the other, is said here, and tests hold it against them.
 */

type Shape = Readonly<Record<string, z.ZodType>>;
const text = (description: string, rule: Readonly<Record<string, unknown>> = {}) =>
  z.string().meta({ description, ...rule });
const shapedAs = ({ source: pattern }: RegExp) => ({ pattern });

const path = (more: Shape = {}) =>
  z.object({ org: text("The practice's `websiteAddress`, in lower case.", shapedAs(labelShape)), ...more });
const id = { id: text("An account's id, in any letter case, or `me`.", { pattern: "^(me|[0-9a-fA-F]{24})$" }) };
const token = text("The mailed token: 32 letters and digits.", shapedAs(tokenShape));

/** Who writes a property, for its description. */
const writes: Readonly<Record<Writer, string>> = {
  server: "",
  anyone: "",
  selfOrAdministrator: "Only the holder and administrators write it.",
  administrator: "Only administrators write it, servers among them.",
};

const document: Shape = {
  ...Document("9999-12-31").shape,
  favorite: z.boolean().optional(),
  // As people write it, with whatever between the digits; what is stored has another shape.
  mobile: z.string().meta({ maxLength: 40, pattern: "^[\\s().+0-9-]{8,40}$" }),
};

/** Documents that are stated alike in a registration and in a change. */
const inputIds: Readonly<Record<string, string>> = { preferences: "PreferencesInput", profile: "ProfileInput" };
const notes: Readonly<Record<string, string>> = accountNotes;
const described = (path: string) =>
  [notes[path], writes[rules[path]?.write ?? "server"]].filter((sentence) => sentence).join(" ");

/**
 * What may be stated of the value at a path: of a document each part by itself, and `null` for what there need not be.
 * @param asWhole whether what every account has must be stated
 */
function stated(schema: z.ZodType, at: readonly string[], asWhole: boolean): z.ZodType {
  const path = at.join(".");
  const isOptional = schema instanceof z.ZodOptional;
  const present = (isOptional ? schema.unwrap() : schema) as z.ZodType;
  const isDocument = present instanceof z.ZodObject && kindOf(at) === "document";
  const whole = isDocument ? z.strictObject(partsOf(present.shape as Shape, at, asWhole)) : present;
  const id = inputIds[path];
  const value = id === undefined ? whole : whole.meta({ id });
  const given = isOptional || Object.hasOwn(cleared, path) ? value.nullable() : value;
  const description = described(path);
  const noted = description === "" ? given : given.meta({ description });
  return asWhole && !isOptional ? noted : noted.optional();
}

const partsOf = (parts: Shape, at: readonly string[], asWhole: boolean): Shape =>
  Object.fromEntries(Object.entries(parts).map(([name, schema]) => [name, stated(schema, [...at, name], asWhole)]));

/** What anyone but the server writes of an account. */
const written = Object.entries(rules)
  .filter(([name, { write }]) => write !== "server" && !name.includes("."))
  .map(([name]) => [name, document[name] as z.ZodType] as const);
const stateable = partsOf(Object.fromEntries(written), [], false);
const registered = { ...stateable, ...partsOf({ name: document.name, mobile: document.mobile } as Shape, [], true) };
/** In a PUT `""` clears a text as well; those below documents may be empty anyway. */
const changed = Object.fromEntries(
  Object.entries(stateable).map(([name, schema]) => [
    name,
    optionalTexts.has(name)
      ? z
          .union([schema, z.literal("")])
          .optional()
          .meta({ description: described(name) })
      : schema,
  ]),
);
const custom = "Properties of your own, named `c_…`, may stand beside these: any JSON, 64 KiB in all.";
const override = customProperties;

const newPassword = z.string().meta({
  description:
    "8 to 256 characters, not too easily guessed (zxcvbn, against the portal's `minPasswordScore`), and not the holder's " +
    "name or e-mail address.",
  minLength: 8,
  maxLength: 256,
});

const where = text("A property: `/name/first` or `name.first`.", {
  maxLength: 500,
  pattern: "^(/[A-Za-z0-9_-]+)+$|^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$",
});
const change = (operations: readonly [string, ...string[]], description: string, value: Shape) =>
  z.object({ op: z.enum(operations).meta({ description }), path: where, ...value });
const PatchOperation = z
  .union([
    change(["set", "push", "remove"], "`push` appends to an array, `remove` takes a value out of one.", {
      value: z.unknown().meta({ description: "With what; to set it to `null` clears it." }),
    }),
    change(["unset"], "Clears it.", {}),
  ])
  .meta({ id: "PatchOperation", description: "One change of a property." });
const operations = z.array(PatchOperation).max(200);

const several = (description: string, items: z.ZodType = z.string()) =>
  z.array(items).max(100).optional().meta({ description });
const selection = {
  "paths[]": several("Dotted names of properties to narrow the answer to; may be repeated."),
  "include[]": several("`connections`."),
  "expand[]": several("`updater`.", z.enum(["updater"])),
};

const location = z
  .object({
    verificationToken: text("The six digits of the text message.", shapedAs(codeShape)),
    locationName: text("What the holder calls this device; only the first hundred characters are kept."),
    singleUse: z.boolean().meta({ description: "The device is not to be remembered." }),
  })
  .partial()
  .meta({ description: "The device." });

/** What the operations of portals take. */
export const portalInputs: Readonly<Record<string, Input>> = {
  AccountRegister: {
    path: path(),
    body: z
      .strictObject({
        ...registered,
        email: text(
          "E-mail address, unique in the portal. Any case goes in, lower case comes out; an internationalised domain comes " +
            "out as A-label.",
          {
            maxLength: emailCharactersMax,
            pattern: "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[^\\s@]+\\.[^\\s@.]{2,}$",
          },
        ),
        password: newPassword,
        token: z
          .union([z.string(), z.looseObject({})])
          .optional()
          .meta({ description: "An invitation, or an object that holds one. There are none yet: `kNotFound`." }),
      })
      .meta({
        description: `\`null\` counts as absent, and \`favorite\` has no effect. ${custom}`,
        override,
      }),
  },
  AccountLogin: {
    path: path(),
    body: z.object({
      email: text("The account's e-mail address.", { minLength: 1 }),
      password: text("The password.", { minLength: 1 }),
      location: location.nullish(),
    }),
  },
  AccountStatus: {
    path: path(),
    query: z.object({
      expand: z.enum(["true", "false"]).optional().meta({ description: "`true` gives the whole account." }),
    }),
  },
  AccountLogout: { path: path() },
  AccountRequestPasswordReset: {
    path: path(),
    body: z.object({ email: text("An e-mail address; what is none is answered all the same.", { minLength: 1 }) }),
  },
  AccountResetPassword: { path: path(), body: z.object({ token, password: newPassword }) },
  AccountUpdatePassword: {
    path: path(),
    body: z.object({ current: text("The present password."), password: newPassword }),
  },
  AccountVerify: {
    path: path({ token }),
    body: z.object({
      token: text("The mailed token, at the address that does not name it.", shapedAs(tokenShape)).optional(),
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
        .meta({
          ...shapedAs(/^(_id|\{"_id":-?1\}|\[\{"_id":-?1\}\])$/),
          description: '`_id` or `{"_id":1}`: oldest first. `{"_id":-1}`, as without it: newest first.',
        }),
      where: z
        .string()
        .optional()
        .meta({
          description:
            "A JSON object: conditions on `_id`, `email`, `mobile`, `name.first`, `name.last`, `state`, `locked`, `roles`, " +
            "`gender`, `created` and `favorite`, by `$eq $ne $in $gt $gte $lt $lte`, `$and`, `$or` and `$regex` of an " +
            'anchored prefix such as `"/^s/i"`. Instants are compared as instants, in any form of ISO 8601; ids may have any ' +
            "letter case.",
          contentMediaType: "application/json",
          maxLength: 8192,
        }),
      ...selection,
    }),
  },
  AccountGet: { path: path(id), query: z.object(selection) },
  AccountGetProperty: {
    path: path({
      ...id,
      property: text("Where the property is; further names follow after slashes: `name/first`."),
    }),
  },
  AccountPut: {
    path: path(id),
    body: z.strictObject(changed).meta({
      description: `What is to change; \`null\` clears, and so does \`""\` where there need be no text. ${custom}`,
      override,
    }),
  },
  AccountPatch: {
    path: path(id),
    body: z
      .union([PatchOperation, operations])
      .meta({ description: "One operation, or several: all are done or none." }),
    form: z
      .union([PatchOperation, z.object({ operations })])
      .meta({ description: "One operation, or several as `operations[0][op]=…`: all are done or none." }),
  },
  AccountPreflight: { path: path() },
};
