import { describeOperation } from "../../openapi/describe.ts";
import { ownId, path, sessionId } from "../../openapi/portal-schemas.ts";
import { done, sessionEndHeaders } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";
import { holderOnly } from "../../openapi/sentences.ts";

export default describeOperation("SessionDelete", {
  description: `Ends one of your own sessions. To end the one of the request is to sign out. ${holderOnly}`,
  byHolderOnly: true,
  input: { path: path({ ...ownId, ...sessionId }) },
  success: { 200: { description: "The session has ended.", body: done, headers: sessionEndHeaders } },
  roundTrips: 4,
  repeatable: false,
  event: "account.sessionEnded",
  examples: {
    end: {
      given: "session",
      path: { id: "me", session: sample.sessionId },
      answers: sample.done,
      typical: true,
    },
  },
  ways: { "the own one": { given: "own session", path: { id: "me", session: sample.sessionId } } },
  failures: { kNotFound: { path: { session: sample.nobodysId }, says: "Not found" } },
});
