import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, operations, PatchOperation, path } from "../../openapi/portal-schemas.ts";
import { Account, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const { tz: _, ...withoutTimeZone } = sample.account;

export default describeOperation("AccountPatch", {
  description:
    "Changes a portal account by operations: `set`, `unset`, `push` (append to an array) and `remove` (take a value out " +
    "of an array). Either all are applied or none.",
  input: {
    path: path(id),
    body: z
      .union([PatchOperation, operations])
      .meta({ description: "One operation, or an array of several. Either all are applied or none." }),
    form: z
      .union([PatchOperation, z.object({ operations })])
      .meta({ description: "One operation, or several as `operations[0][op]=…`. Either all are applied or none." }),
  },
  success: status200(Account, "The account after the change."),
  roundTrips: 3,
  repeatable: false,
  event: "account.updated",
  examples: {
    one: {
      given: "holder",
      path: { id: "me" },
      body: { op: "set", path: "/locale", value: "fr_CA" },
      answers: { ...sample.account, locale: "fr_CA", ...sample.changed },
      typical: "a property",
    },
    several: {
      given: "holder",
      path: { id: "me" },
      body: [
        { op: "set", path: "/c_shoe_size", value: 43 },
        { op: "unset", path: "/tz" },
      ],
      answers: { ...withoutTimeZone, c_shoe_size: 43, ...sample.changed },
    },
  },
  ways: {
    "an image": {
      given: "image ready",
      path: { id: "me" },
      body: { op: "set", path: "/image", value: { content: "me.jpg" } },
    },
    "a mobile number": {
      given: "holder",
      path: { id: "me" },
      body: { op: "set", path: "/mobile", value: "+16505550199" },
    },
    "a property of the account's own": {
      given: "holder",
      path: { id: "me" },
      body: { op: "set", path: "/c_the_flowers_of_the_waiting_room", value: sample.note },
    },
    "an administrator, of rights": {
      given: "administrator",
      path: { id: sample.id },
      body: { op: "push", path: "roles", value: sample.providerRole },
    },
    "a provider, of a favorite": {
      given: "provider",
      path: { id: sample.id },
      body: { op: "set", path: "favorite", value: true },
    },
  },
  circumstances: { "to a server": { given: "server and account", body: { path: "/locked", value: true } } },
  failures: {
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
    kValidationError: {
      body: { path: "/tz", value: "Mars/Base" },
      says: "Validation error",
      errors: [{ field: "account.tz", message: "must be an IANA time zone", code: "kInvalidFormat" }],
    },
  },
});
