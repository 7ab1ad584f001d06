import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, page, path } from "../../openapi/portal-schemas.ts";
import { Device, list, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("DeviceList", {
  description:
    "Lists the devices on which the account's holder has signed in, newest first, for the holder and administrators. A " +
    "device is known for one year, and where the portal asks for a second factor it is asked for once on each.",
  input: { path: path(id), query: z.object(page) },
  success: status200(list(Device), "The devices."),
  roundTrips: 4,
  repeatable: true,
  examples: {
    own: {
      given: "holder",
      path: { id: "me" },
      answers: { object: "list", data: [sample.device], hasMore: false },
      typical: true,
    },
  },
  ways: { "by an administrator": { given: "administrator", path: { id: sample.id } } },
  circumstances: { "to a server": { given: "server and account", path: { id: sample.id } } },
  failures: {
    kInvalidArgument: { query: { limit: "0" }, says: "limit is a whole number from 1 to 1000" },
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
  },
});
