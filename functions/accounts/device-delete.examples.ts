import { describeOperation } from "../../openapi/describe.ts";
import { deviceId, id, path } from "../../openapi/portal-schemas.ts";
import { done, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("DeviceDelete", {
  description:
    "Forgets one device of an account. The next login there needs the second factor again, if there is one. Open " +
    "sessions stay. The holder and administrators may do this; when an administrator does, the holder gets a mail.",
  input: { path: path({ ...id, ...deviceId }) },
  success: status200(done, "The device is forgotten."),
  roundTrips: 4,
  repeatable: false,
  event: "account.devicesForgotten",
  examples: {
    forget: {
      given: "device",
      path: { id: "me", device: sample.deviceId },
      answers: sample.done,
      typical: true,
    },
  },
  ways: {
    "by an administrator": { given: "device, administrator", path: { id: sample.id, device: sample.deviceId } },
  },
  circumstances: {
    "to a server": { given: "server and device", path: { id: sample.id, device: sample.deviceId } },
  },
  failures: {
    kNotFound: { path: { device: sample.nobodysId }, says: "Not found" },
  },
});
