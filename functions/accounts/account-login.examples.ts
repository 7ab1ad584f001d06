import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { location, path, text } from "../../openapi/portal-schemas.ts";
import { Account, loginHeaders } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const body = { email: "charles@example.org", password: sample.password };

export default describeOperation("AccountLogin", {
  description:
    "Signs the holder of a portal account in. Several wrong passwords in a row lock the account for a while. The " +
    "answers are the same for an e-mail address without an account. If the portal's setting `twoFactor` is on, a login " +
    "from an unknown device first answers `kNewLocation` with HTTP 200, and the holder gets a code by text message. " +
    "Repeat the login with the code in `location.verificationToken` and with the cookie that was set. If the holder has " +
    "an authenticator app, it is asked instead, even if `twoFactor` is off: no message is sent, and `reason` says so.",
  input: {
    path: path(),
    body: z.object({
      email: text("The account's e-mail address.", { minLength: 1 }),
      password: text("The password.", { minLength: 1 }),
      location: location.nullish(),
    }),
  },
  success: { 200: { description: "The account. A session has started.", body: Account, headers: loginHeaders } },
  roundTrips: 4,
  repeatable: false,
  event: "account.signedIn",
  // Nothing about the device may keep its holder from signing in, except a bad code where one is needed.
  ignores: ["location", "location.verificationToken", "location.locationName", "location.singleUse"],
  examples: {
    login: { given: "account", body, answers: sample.account, typical: "by password" },
    loginWithCode: {
      given: "account, device with code",
      body: { ...body, location: { verificationToken: sample.code, locationName: "Charles's laptop" } },
      answers: sample.account,
      // Two more to count the try and to check the code.
      roundTrips: 6,
    },
    loginWithApp: {
      given: "app, visitor",
      body: { ...body, location: { verificationToken: sample.code } },
      answers: sample.account,
      // Two more to count the tries.
      roundTrips: 6,
    },
  },
  ways: {
    "with a recovery code": {
      given: "app, visitor",
      body: { ...body, location: { verificationToken: sample.recoveryCodes[0] } },
      roundTrips: 6,
    },
    "on a device that is used once": {
      given: "account",
      body: { ...body, location: { locationName: "The desk of the waiting room", singleUse: true } },
    },
    "on a known device": { given: "holder", body },
    "on a trusted device": { given: "holder, second factor", body },
  },
  failures: {
    kNoCredentialsSupplied: { body: { password: undefined }, says: "E-mail and password are needed" },
    kInvalidCredentials: { body: { password: "wrong" }, says: "Wrong e-mail or password" },
    kAccountLocked: { given: "account locked", says: "The account is locked" },
    kNewLocation: { given: "account, second factor", says: "A code was sent to verify this device" },
    kUnverifiedLocation: { given: "account, device with code", says: "This device has yet to be verified" },
    kCallbackFormat: {
      given: "account, second factor",
      body: { location: { verificationToken: "abc" } },
      says: "Malformed code",
    },
    kCallbackNotFound: {
      given: "account, second factor",
      body: { location: { verificationToken: "000000" } },
      says: "No such code",
    },
  },
});
