import { describeOperation } from "../../openapi/describe.ts";
import { path, text } from "../../openapi/portal-schemas.ts";
import { preflightHeader } from "../../openapi/records.ts";

const called = { path: "v2/accounts/me" };

export default describeOperation("AccountPreflight", {
  description:
    "Answers the request that a browser sends before a page of another origin may call the portal. Only origins that " +
    "the portal allows get headers.",
  input: {
    path: path({ path: text("The rest of the path that the page is going to call, such as `v2/accounts/me`.") }),
  },
  success: {
    204: {
      description: "What a page of the origin may do.",
      body: undefined,
      headers: {
        "Access-Control-Allow-Origin": preflightHeader,
        "Access-Control-Allow-Credentials": preflightHeader,
        "Access-Control-Allow-Methods": preflightHeader,
        "Access-Control-Allow-Headers": preflightHeader,
        "Access-Control-Max-Age": preflightHeader,
      },
    },
  },
  roundTrips: 2,
  repeatable: true,
  examples: { preflight: { given: "portal", path: called, status: 204 } },
  ways: { "an allowed origin": { given: "portal for an origin", path: called, typical: true } },
  circumstances: { "to a page of an allowed origin": { given: "portal for an origin" } },
  failures: {},
});
