import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { path, selection, shapedAs } from "../../openapi/portal-schemas.ts";
import { Account, list, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const query = z.object({
  limit: z.int().min(1).max(1000).default(100).optional().meta({ description: "How many accounts at most." }),
  skip: z.int().min(0).max(10_000).default(0).optional().meta({ description: "How many accounts to skip first." }),
  sort: z
    .string()
    .optional()
    .meta({
      ...shapedAs(/^(_id|\{"_id":-?1\}|\[\{"_id":-?1\}\])$/),
      description: '`_id` or `{"_id":1}`: oldest first. `{"_id":-1}`: newest first, which is the default.',
    }),
  where: z
    .string()
    .optional()
    .meta({
      description:
        "Which accounts to list: a JSON object with conditions on `_id`, `email`, `mobile`, `name.first`, `name.last`, " +
        "`state`, `locked`, `roles`, `gender`, `created` and `favorite`. Operators: `$eq $ne $in $gt $gte $lt $lte`, " +
        '`$and`, `$or`, and `$regex` with an anchored prefix such as `"/^s/i"`. Times may have any form of ISO 8601 and ' +
        "are compared as points in time. Ids may have any letter case.",
      contentMediaType: "application/json",
      maxLength: 8192,
    }),
  ...selection,
});

export default describeOperation("AccountList", {
  description:
    "Lists portal accounts. Administrators see all accounts of the portal, and providers see all at access 2 or more. " +
    "Others see their own, and those that they are connected to. A page may have fewer than `limit` accounts although `hasMore` is `true`.",
  input: { path: path(), query },
  success: status200(
    list(Account),
    "The accounts that you may see. The newest come first, unless `sort` says otherwise.",
  ),
  roundTrips: 3,
  repeatable: true,
  examples: {
    byProvider: {
      given: "provider",
      query: { limit: "1", sort: '{"_id":-1}', "paths[]": "name" },
      answers: {
        object: "list",
        data: [{ _id: sample.id, object: "account", name: { first: "Charles", last: "Best" } }],
        hasMore: true,
      },
    },
    byAdministrator: {
      given: "administrator",
      query: { where: '{"email":"charles@example.org"}' },
      answers: { object: "list", data: [sample.accountInList], hasMore: false },
      // The claim of the address leads to the account.
      roundTrips: 4,
    },
  },
  ways: {
    // What connections give is read first, then the accounts.
    "shared accounts": { given: "connected, target", roundTrips: 4 },
    "twenty by a provider": {
      given: "twenty accounts, provider",
      query: { limit: "20" },
      typical: "20, by a provider",
    },
  },
  circumstances: { "to a server": { given: "server and account" } },
  failures: {
    kInvalidArgument: { query: { where: "no JSON" }, says: "where is a JSON object" },
    kIllegalExpansion: { query: { "expand[]": "name" }, says: "Cannot be expanded: name" },
  },
});
