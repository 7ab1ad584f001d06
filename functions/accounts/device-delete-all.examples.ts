import { describeOperation } from "../../openapi/describe.ts";
import { id, path } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("DeviceDeleteAll", {
  description:
    "Forgets all devices of an account, the one of the request included. Open sessions stay. The holder and " +
    "administrators may do this; when an administrator does, the holder gets a mail.",
  input: { path: path(id) },
  success: status200(done, "The account has no known device."),
  roundTrips: 3,
  repeatable: true,
  event: "account.devicesForgotten",
  examples: { forget: { given: "holder", path: { id: "me" }, answers: sample.done, typical: true } },
  ways: { "by an administrator": { given: "administrator", path: { id: sample.id } } },
  circumstances: { "to a server": { given: "server and account", path: { id: sample.id } } },
  failures: { kNotFound: { path: { id: sample.nobodysId }, says: "Not found" } },
});
