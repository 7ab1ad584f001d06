import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, path, selection } from "../../openapi/portal-schemas.ts";
import { Account, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("AccountGet", {
  description:
    "Reads a portal account: your own (`me`), or another one as far as you may see it. An account that you may not see " +
    "answers `kNotFound`.",
  input: { path: path(id), query: z.object(selection) },
  success: status200(Account, "The account."),
  roundTrips: 2,
  repeatable: true,
  examples: {
    own: { given: "holder", path: { id: "me" }, answers: sample.account, typical: true },
    image: {
      given: "image ready",
      path: { id: "me" },
      answers: { ...sample.account, image: sample.image, ...sample.changed },
    },
  },
  ways: { "a shared account": { given: "connected, target", path: { id: sample.id } } },
  circumstances: { "to a server": { given: "server and account" } },
  failures: {
    kInvalidArgument: { query: { "paths[a]": "name" }, says: "Bad paths" },
    kIllegalExpansion: { query: { "expand[]": "name" }, says: "Cannot be expanded: name" },
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
  },
});
