import * as z from "zod";
import { Document } from "../lib/accounts/account/document.ts";
import { kindOf, rules, type Writer } from "../lib/accounts/account/properties.ts";
import { cleared, optionalTexts } from "../lib/accounts/change/steps.ts";
import { messageCharactersMax, targetsMax } from "../lib/accounts/connections/targets.ts";
import { tokenShape } from "../lib/accounts/mail/token.ts";
import { labelShape } from "../lib/practices/ids.ts";
import { PortalSettingsFields } from "../lib/practices/portal-settings-fields.ts";
import { plainPattern } from "../lib/text.ts";
import { accountNotes, connectionNotes, portalSettingsNotes } from "./notes.ts";
import { customProperties, withNotes } from "./records.ts";

/**
 * Schemas of requests to portals. Properties of an account are derived from the rules about who writes them and from the
 * schema of the stored account. The rest is written here by hand, because these functions read their input value by value;
 * tests compare it with what the functions accept.
 */

type Shape = Readonly<Record<string, z.ZodType>>;
/** A text with a description and JSON Schema rules. */
export const text = (description: string, rule: Readonly<Record<string, unknown>> = {}) =>
  z.string().meta({ description, ...rule });
/** The rule that a text matches a pattern. */
export const shapedAs = ({ source: pattern }: RegExp) => ({ pattern });

/** The path variables of an operation of portals. */
export const path = (more: Shape = {}) =>
  z.object({ org: text("The practice's `websiteAddress`, in lower case.", shapedAs(labelShape)), ...more });
/** The path variable that names an account. */
export const id = {
  id: text("An account's id in any letter case, or `me` for your own account.", { pattern: "^(me|[0-9a-fA-F]{24})$" }),
};
/** A token from a mail. */
export const token = text("The token from the mail: 32 letters and digits.", shapedAs(tokenShape));

/** A sentence about who may change a property. */
const writerSentence: Readonly<Record<Writer, string>> = {
  server: "",
  anyone: "",
  selfOrAdministrator: "Only the holder and administrators can change this.",
  administrator: "Only administrators can change this; servers count as administrators.",
};

/** Begins the upload of an image. */
export const imageFields = {
  content: text("Name of the file, as you like. It does not say what the file is. `null` removes the image.", {
    minLength: 1,
    maxLength: 255,
    pattern: plainPattern,
  }).nullable(),
};

const document: Shape = {
  // An image that was answered may be sent back: it stays as it is.
  image: z
    .union([
      z.strictObject(imageFields),
      z.object({ path: text("Path of the image, as it was answered: the image stays as it is.") }),
    ])
    .optional(),
  ...Document("9999-12-31").shape,
  favorite: z.boolean().optional(),
  // Requests may have separators between the digits; the stored number has none.
  mobile: z.string().meta({ maxLength: 40, pattern: "^[\\s().+0-9-]{8,40}$" }),
};

/** Names of the schemas that a registration and a change have in common. */
const sharedSchemaIds: Readonly<Record<string, string>> = { preferences: "PreferencesInput", profile: "ProfileInput" };
const notes: Readonly<Record<string, string>> = accountNotes;
const propertyDescription = (path: string) =>
  [notes[path], writerSentence[rules[path]?.write ?? "server"]].filter((sentence) => sentence).join(" ");

/**
 * The schema of a property in requests. Each part of a nested document may be sent alone. `null` is accepted where it
 * clears the property or sets it back to its default.
 * @param asWhole whether properties that every account has are required
 */
function inputSchema(schema: z.ZodType, at: readonly string[], asWhole: boolean): z.ZodType {
  const path = at.join(".");
  const isOptional = schema instanceof z.ZodOptional;
  const present = (isOptional ? schema.unwrap() : schema) as z.ZodType;
  const isDocument = present instanceof z.ZodObject && kindOf(at) === "document";
  const whole = isDocument ? z.strictObject(inputSchemas(present.shape as Shape, at, asWhole)) : present;
  const id = sharedSchemaIds[path];
  const value = id === undefined ? whole : whole.meta({ id });
  const nullable = isOptional || Object.hasOwn(cleared, path) ? value.nullable() : value;
  const description = propertyDescription(path);
  const withDescription = description === "" ? nullable : nullable.meta({ description });
  return asWhole && !isOptional ? withDescription : withDescription.optional();
}

const inputSchemas = (parts: Shape, at: readonly string[], asWhole: boolean): Shape =>
  Object.fromEntries(
    Object.entries(parts).map(([name, schema]) => [name, inputSchema(schema, [...at, name], asWhole)]),
  );

/** The properties of an account that callers may write: all except those of the server. */
const writable = Object.entries(rules)
  .filter(([name, { write }]) => write !== "server" && !name.includes("."))
  .map(([name]) => [name, document[name] as z.ZodType] as const);
const writableSchemas = inputSchemas(Object.fromEntries(writable), [], false);
// An upload is for an account that exists.
const { image: _, ...registrableSchemas } = writableSchemas;
/** The account's properties in the body of a registration. */
export const registrationProperties = {
  ...registrableSchemas,
  ...inputSchemas({ name: document.name, mobile: document.mobile } as Shape, [], true),
};
/** The account's properties in the body of a PUT. `""` clears an optional text; inside documents texts may be empty. */
export const putProperties = Object.fromEntries(
  Object.entries(writableSchemas).map(([name, schema]) => [
    name,
    optionalTexts.has(name)
      ? z
          .union([schema, z.literal("")])
          .optional()
          .meta({ description: propertyDescription(name) })
      : schema,
  ]),
);
/** A sentence about custom properties. */
export const customSentence =
  "You may add properties of your own, whose names begin with `c_`: any JSON, 64 KiB in total.";
/** Makes a schema accept custom properties. */
export const override = customProperties;

/** A new password. */
export const newPassword = z.string().meta({
  description:
    "8 to 256 characters, not easy to guess (the zxcvbn score is at least the portal's `minPasswordScore`), and not the " +
    "holder's name or e-mail address.",
  minLength: 8,
  maxLength: 256,
});

const where = text("A property: `/name/first` or `name.first`.", {
  maxLength: 500,
  pattern: "^(/[A-Za-z0-9_-]+)+$|^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$",
});
const change = (operations: readonly [string, ...string[]], description: string, value: Shape) =>
  z.object({ op: z.enum(operations).meta({ description }), path: where, ...value });
/** One operation of a PATCH. */
export const PatchOperation = z
  .union([
    change(
      ["set", "push", "remove"],
      "`set` stores the value, `push` appends it to an array, `remove` takes it out of an array.",
      {
        value: z.unknown().meta({ description: "The value. To `set` a property to `null` clears it." }),
      },
    ),
    change(["unset"], "Clears the property.", {}),
  ])
  .meta({ id: "PatchOperation", description: "One change of one property." });
/** The operations of a PATCH. */
export const operations = z.array(PatchOperation).max(200);

const textList = (description: string, items: z.ZodType = z.string()) =>
  z.array(items).max(100).optional().meta({ description });
/** Query parameters that choose which properties an answer contains. */
export const selection = {
  "paths[]": textList(
    "Dotted name of a property. The answer then has only these properties, `_id` and `object`. May be repeated.",
  ),
  "include[]": textList("Property to add to the answer: `connections`."),
  "expand[]": textList("Reference to replace with the whole account: `updater`.", z.enum(["updater"])),
};

/** The path variable that names a connection. */
export const connectionId = {
  connection: text("The connection's id, in any letter case.", { pattern: "^[0-9a-fA-F]{24}$" }),
};
const tokenOfConnection = "The token from the mail: 32 letters and digits.";
/** The path variable that names a connection by its token. */
export const connectionToken = { connection: text(tokenOfConnection, shapedAs(tokenShape)) };
/** The path variable that names a connection by its id or its token. */
export const connectionIdOrToken = {
  connection: text("The connection's id in any letter case, or the token from the mail.", {
    pattern: "^([0-9a-fA-F]{24}|[A-Za-z0-9]{32})$",
  }),
};
/** The path variable that names a device. */
export const deviceId = { device: text("The device's id, in any letter case.", { pattern: "^[0-9a-fA-F]{24}$" }) };
/** The path variable for the account whose sessions these are. */
export const ownId = { id: text("`me`, or your own account's id.", { pattern: "^(me|[0-9a-fA-F]{24})$" }) };
/** The path variable that names a session. */
export const sessionId = { session: text("The session's id, in any letter case.", { pattern: "^[0-9a-fA-F]{24}$" }) };
/** The query parameters that choose a part of a list of connections, devices or sessions. */
export const page = {
  limit: z.int().min(1).max(1000).default(100).optional().meta({ description: "How many entries at most." }),
  skip: z.int().min(0).max(10_000).default(0).optional().meta({ description: "How many entries to skip first." }),
};
/** The query parameters that choose a part of an account's events. */
export const eventPage = {
  limit: z.int().min(1).max(100).default(25).optional().meta({ description: "How many events at most." }),
  before: z.string().optional().meta({
    description: "Only events before this one: `next` of the last answer, or an event's `_id`.",
    pattern: "^[0-9a-fA-F]{24}$",
  }),
};
/** How much access a connection gives, in requests. */
export const level = z.union([z.literal(2), z.literal(4), z.literal(6)]).meta({ description: connectionNotes.access });
const invited = {
  email: text("E-mail address of the person who is invited. Any letter case is accepted.", {
    minLength: 1,
    maxLength: 254,
  }),
  roles: z
    .array(z.string().regex(/^[0-9a-f]{24}$/))
    .max(50)
    .nullable()
    .optional()
    .meta({ description: "Ids of roles that the person gets who accepts. Only administrators may give roles." }),
  message: text("Your own words in the mail: at most 500 characters, and 1,500 bytes in UTF-8.", {
    maxLength: messageCharactersMax,
  })
    .nullable()
    .optional(),
};
const targetList = (shape: Shape) =>
  z.strictObject({
    targets: z
      .array(z.strictObject(shape))
      .min(1)
      .max(targetsMax)
      .meta({ description: `The people who are invited, 1 to ${targetsMax}. All of them are invited, or none.` }),
  });
/** The body of a request that offers connections. */
export const connectionTargets = targetList({ ...invited, access: level });
/** The body of a request that invites people to register. */
export const invitationTargets = targetList({ ...invited, access: level.nullable().optional() });

/** The body of a request that changes settings of the portal. */
export const settings = z.strictObject({
  object: z.literal("settings").optional().meta({ description: "May be sent back as it was answered." }),
  ...withNotes(PortalSettingsFields.shape, portalSettingsNotes),
});

const sixDigits = "([ -]*[0-9]){6}[ -]*";
const codeOf = (description: string, pattern: string) =>
  z
    .union([
      z.string().meta({ pattern: `^(${pattern})$` }),
      z.int().min(0).max(999_999).meta({ description: "The same as a number, without the zeros at its beginning." }),
    ])
    .meta({ description });
/** A code of six digits, with blanks and dashes. */
export const codeInput = (description: string) => codeOf(description, sixDigits);

/** The part of a login's body that is about the device. */
export const location = z
  .object({
    verificationToken: codeOf(
      "The six digits of the text message or of the authenticator app, or a recovery code. Blanks and dashes are ignored.",
      `${sixDigits}|([ -]*[A-Za-z2-9]){10}[ -]*`,
    ),
    locationName: text("The holder's name for this device. Only the first 100 characters are kept."),
    singleUse: z.boolean().meta({ description: "`true` if the device must not be remembered after this session." }),
  })
  .partial()
  .meta({ description: "The device on which the holder signs in." });
