import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { customSentence, id, override, path, putProperties } from "../../openapi/portal-schemas.ts";
import { Account, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const { gender: _, ...withoutGender } = sample.account;

export default describeOperation("AccountPut", {
  description:
    "Changes the properties and sub-properties that are present in the body. The others stay as they are, and `null` " +
    "clears a property. Either all changes are made or none.",
  input: {
    path: path(id),
    body: z.strictObject(putProperties).meta({
      description:
        'The properties to change. `null` clears a property, and so does `""` if its text is optional. ' +
        customSentence,
      override,
    }),
  },
  acceptsAnswersOf: Account,
  success: status200(Account, "The account after the change."),
  roundTrips: 3,
  repeatable: true,
  event: "account.updated",
  examples: {
    put: {
      given: "holder",
      path: { id: "me" },
      body: { name: { middle: "H" }, gender: null },
      answers: {
        ...withoutGender,
        name: { first: "Charles", last: "Best", middle: "H" },
        ...sample.changed,
      },
      typical: "a property",
    },
    timeZone: {
      given: "holder",
      path: { id: "me" },
      body: { tz: "US/Eastern" },
      answers: { ...sample.account, tz: "US/Eastern", ...sample.changed },
    },
  },
  ways: {
    "an image": { given: "image ready", path: { id: "me" }, body: { image: { content: "me.jpg" } } },
    "all properties": {
      given: "holder",
      path: { id: "me" },
      body: { name: sample.person.name, dob: "1980-02-28", gender: "f", tz: "US/Eastern", ...sample.moreOfPerson },
    },
    "a mobile number": { given: "holder", path: { id: "me" }, body: { mobile: "+16505550199" } },
    "an administrator, of rights": { given: "administrator", path: { id: sample.id }, body: { locked: true } },
    "a favorite, by a connection": {
      given: "connected, target",
      path: { id: sample.id },
      body: { favorite: true },
    },
    "a provider, of a favorite": { given: "provider", path: { id: sample.id }, body: { favorite: true } },
  },
  circumstances: { "to a server": { given: "server and account", body: { gender: undefined } } },
  failures: {
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
    kValidationError: {
      body: { tz: "Mars/Base" },
      says: "Validation error",
      errors: [{ field: "account.tz", message: "must be an IANA time zone", code: "kInvalidFormat" }],
    },
  },
});
