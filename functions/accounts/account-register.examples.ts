import * as z from "zod";
import { emailCharactersMax } from "../../lib/accounts/account/email.ts";
import { describeOperation } from "../../openapi/describe.ts";
import {
  customSentence,
  newPassword,
  override,
  path,
  registrationProperties,
  text,
} from "../../openapi/portal-schemas.ts";
import { Account, registrationHeaders } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const email = text(
  "E-mail address, unique in the portal. Any letter case is accepted; answers have lower case. Answers have an " +
    "internationalised domain in its ASCII form (A-label).",
  {
    maxLength: emailCharactersMax,
    pattern: "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[^\\s@]+\\.[^\\s@.]{2,}$",
  },
);
const token = z
  .union([z.string(), z.looseObject({})])
  .optional()
  .meta({
    description:
      "The token of an invitation, or an object that contains it. The new account accepts the invitation. If it was sent " +
      "to the registered address, the address counts as verified.",
  });

const password = newPassword.optional().meta({
  ...newPassword.meta(),
  description: `${newPassword.meta()?.description} Needed unless a server sends \`passwordHash\`.`,
});

const forServers = {
  passwordHash: text(
    "Only servers may send this, in place of `password`: a hash that another system has made of the holder's password.",
  )
    .nullable()
    .optional(),
  notify: z.boolean().nullable().optional().meta({
    description: "Only servers may send this. `false`: nothing is mailed, and the account stays as `state` says.",
  }),
};

export default describeOperation("AccountRegister", {
  description:
    "Registers a portal account, mails a link to verify the e-mail address, and signs the holder in. If a server calls " +
    "with application credentials, no session starts; it may also set `state` and `roles`, send a hash in place of the " +
    "password, and have nothing mailed.",
  input: {
    path: path(),
    body: z.strictObject({ ...registrationProperties, email, password, token, ...forServers }).meta({
      description: `\`null\` counts as absent, and \`favorite\` has no effect. ${customSentence}`,
      override,
    }),
  },
  acceptsAnswersOf: Account,
  success: {
    200: {
      description: "The new account. A session has started, unless a server called.",
      body: Account,
      headers: registrationHeaders,
    },
  },
  roundTrips: 3,
  repeatable: false,
  event: "account.registered",
  // Only a text and an object can be an invitation.
  ignores: ["token"],
  examples: {
    register: {
      given: "portal",
      body: { ...sample.person, password: sample.password },
      answers: sample.account,
      typical: true,
    },
  },
  ways: {
    "all properties": {
      given: "portal",
      body: { ...sample.person, ...sample.moreOfPerson, password: sample.password },
    },
    "an invitation": {
      given: "invited",
      body: { ...sample.person, password: sample.password, token: sample.token },
    },
    "an invitation to the same address": {
      given: "invited",
      body: { ...sample.person, email: sample.invitee, password: sample.password, token: sample.token },
    },
    "moved by a server": {
      given: "server and portal",
      body: { ...sample.person, state: "verified", password: sample.password, notify: false },
    },
    "an offered connection": {
      given: "connection offered",
      body: { ...sample.person, email: "new@example.org", password: sample.password, token: sample.token },
    },
  },
  circumstances: { "to a server": { given: "server and portal" } },
  failures: {
    kTokenExpired: { given: "invited long ago", body: { token: sample.token }, says: "The token has expired" },
    kSelfRegistrationDisabled: { given: "closed portal", says: "Registration is switched off" },
    kValidationError: {
      body: { password: undefined, gender: "?", email: "nobody" },
      says: "Validation error",
      errors: [
        { field: "account.gender", message: "must be one of f m n o t u", code: "kEnumValue" },
        { field: "account.email", message: "must be an e-mail address", code: "kInvalidEmailFormat" },
        { field: "account.password", message: "is required", code: "kRequired" },
      ],
    },
    kNotFound: { body: { token: "an invitation" }, says: "Not found" },
    kExists: { given: "account", says: "Exists already" },
  },
});
