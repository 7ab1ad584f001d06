import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, path, text } from "../../openapi/portal-schemas.ts";
import { list, result, status200 } from "../../openapi/records.ts";

const property = text("Name of the property. For a property inside another, add its name after a slash: `name/first`.");
const value = z.union([result(z.unknown().meta({ description: "The value of the property." })), list(z.unknown())]);

export default describeOperation("AccountGetProperty", {
  description:
    "Reads one property of a portal account. The holder and administrators can also read `totp`: whether an authenticator app " +
    "is on.",
  input: { path: path({ ...id, property }) },
  success: status200(value, "The value of the property. An array is answered as a list."),
  roundTrips: 2,
  repeatable: true,
  examples: {
    value: {
      given: "holder",
      path: { id: "me", property: "name/first" },
      answers: { object: "result", data: "Charles" },
      typical: true,
    },
    array: {
      given: "holder",
      path: { id: "me", property: "roles" },
      answers: { object: "list", data: [], hasMore: false },
    },
  },
  ways: { "the second factor": { given: "app, holder", path: { id: "me", property: "totp" } } },
  circumstances: { "to a server": { given: "server and account" } },
  failures: {
    kInvalidArgument: { rawQuery: "x=%F1", says: "The query is not UTF-8" },
    kNotFound: { path: { property: "profile" }, says: "Not found" },
  },
});
