import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { ioListNotes } from "../../openapi/list-notes.ts";
import { cursor, ok, status200, User } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const userList = z.array(User).meta({ description: "The users of this page." });

export default describeOperation("UserList", {
  description:
    "Lists the users of one practice in the order of their keys, or the users of all your practices in the order of " +
    "their creation. To get the next page, send the returned `cursor`.",
  notes: { ...ioListNotes, accountId: "Key of a practice. The list then has only the users of this practice." },
  success: status200(ok({ userList, cursor }), "A page of users."),
  roundTrips: 1,
  repeatable: true,
  examples: {
    ofPractice: {
      given: "user",
      body: { auth: sample.vendor, accountId: "practice-1", limit: 100 },
      answers: { userList: [sample.shownUser] },
    },
    firstPage: {
      given: "two users",
      body: { auth: sample.vendor, limit: 1 },
      answers: { userList: [sample.shownUser], cursor: sample.cursor },
      // The index leads to the users.
      roundTrips: 2,
    },
  },
  ways: {
    "fifty of one practice": {
      given: "fifty practices",
      body: { auth: sample.vendor, accountId: "practice-1", limit: 50 },
      typical: "50 of one practice",
    },
    "fifty of all": {
      given: "fifty practices",
      body: { auth: sample.vendor, limit: 50 },
      roundTrips: 2,
      typical: "50 of all",
    },
  },
  failures: {
    4060: {
      body: { limit: 0 },
      says: "limit: must be a whole number from 1 to 1000",
      errors: [{ field: "limit", message: "must be a whole number from 1 to 1000" }],
    },
    4131: { given: "nothing", says: "account does not exist" },
  },
});
