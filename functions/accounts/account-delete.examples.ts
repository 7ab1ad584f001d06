import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, path, text } from "../../openapi/portal-schemas.ts";
import { done, optionalHeader } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("AccountDelete", {
  description:
    "Deletes an account with everything that belongs to it. From the answer on nobody finds it, its sessions have ended, " +
    "and its e-mail address can be registered again. Holders delete their own account with their password. Administrators " +
    "and servers delete the accounts of others without one. The holder is told by mail.",
  input: {
    path: path(id),
    body: z.object({
      password: text("The holder's password. Needed only for one's own account.", { minLength: 1 }).optional(),
    }),
    bodyIsOptional: true,
  },
  success: {
    200: {
      description: "The account is deleted.",
      body: done,
      headers: { "Set-Cookie": optionalHeader("`md.sid`, expired, if the account was one's own.") },
    },
  },
  roundTrips: 4,
  repeatable: false,
  event: "account.erased",
  examples: {
    delete: {
      given: "holder",
      path: { id: "me" },
      body: { password: sample.password },
      answers: sample.done,
      typical: true,
    },
  },
  ways: {
    "somebody else's": { given: "administrator", path: { id: sample.id }, roundTrips: 3 },
    "with an image": { given: "image ready", path: { id: "me" }, body: { password: sample.password } },
  },
  circumstances: { "to a server": { given: "server and account" } },
  failures: {
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
    kNoCredentialsSupplied: { body: { password: undefined }, says: "The password of the account is needed" },
    kInvalidCredentials: { body: { password: "wrong" }, says: "Wrong e-mail or password" },
    kAccountLocked: { given: "account guessed at", says: "The account is locked" },
  },
});
