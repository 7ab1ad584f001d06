import { expect } from "vitest";
import { countsTries, leavesNoTrace, type Response, type TableRequest } from "../../kit/system.ts";

/** The codes of contract accounts §4 with their HTTP statuses, copied from there. */
export const statuses = {
  kValidationError: 400,
  kRequired: 400,
  kEnumValue: 400,
  kInvalidEmailFormat: 400,
  kInvalidPhoneNumberFormat: 400,
  kInvalidDateOfBirth: 400,
  kInvalidFormat: 400,
  kInvalidString: 400,
  kPasswordStrength: 400,
  kInvalidArgument: 400,
  kIllegalExpansion: 400,
  kCallbackFormat: 400,
  kNoCredentialsSupplied: 400,
  kAccessDenied: 403,
  kNotLoggedIn: 403,
  kSessionExpired: 403,
  kCSRFTokenMismatch: 403,
  kInvalidCredentials: 403,
  kAccountLocked: 403,
  kSelfRegistrationDisabled: 403,
  kUnverifiedLocation: 403,
  kCallbackNotFound: 403,
  kTokenExpired: 403,
  kMediaNotReady: 202,
  kNotFound: 404,
  kUnsupportedOperation: 405,
  kExists: 409,
  kRequestTooLarge: 413,
  kThrottled: 429,
  kError: 500,
  kTooBusy: 503,
  kNewLocation: 200,
} as const;

export type FaultCode = keyof typeof statuses;

/** A child of a fault: its code and its path. */
export type Child = readonly [code: FaultCode, path: string];

/** A code with its status, for test names. */
export const named = (code: FaultCode): string => `${statuses[code]} ${code}`;

const someText = expect.stringMatching(/./);
const faultObject = (code: FaultCode, path: string, faults: readonly object[]) => ({
  object: "fault",
  name: code === "kNewLocation" ? "location" : expect.stringMatching(/^[a-z]+$/),
  code,
  errCode: expect.stringMatching(/^cortex\.[A-Za-z]+\.[A-Za-z]+$/),
  status: statuses[code],
  message: someText,
  reason: someText,
  path,
  faults,
});

/** Asserts a fault with exactly these keys. Its children may be in any order. */
export function expectFault({ status, headers, json }: Response, code: FaultCode, children: readonly Child[] = []) {
  const inOrder = (list: readonly { path: string; code: string }[]) =>
    list.toSorted((one, other) => (one.path + one.code < other.path + other.code ? -1 : 1));
  const wanted = children.map(([code, path]) => faultObject(code, path, []));
  const given = { ...json, faults: inOrder(json?.faults ?? []) };
  expect(given).toEqual(faultObject(code, "", inOrder(wanted as { path: string; code: FaultCode }[])));
  expect(status).toBe(statuses[code]);
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "content-type": expect.stringMatching(/^application\/json\b/),
  });
  expect(headers).not.toHaveProperty("medable-csrf-token");
}

/** The write that updates when a session was last used. Every call with a session may make it. */
export const notesUse = ({ input }: TableRequest): boolean =>
  String(input.Key?.pk).startsWith("SESSION#") && input.UpdateExpression === "SET lastSeenAt = :now";

/** Makes a call that must be refused, and asserts that it wrote only counts of guesses and the last use of its session. */
export async function refused(code: FaultCode, work: () => Promise<Response>, children: readonly Child[] = []) {
  const response = await leavesNoTrace(work, (write) => notesUse(write) || countsTries(write));
  expectFault(response, code, children);
  return response;
}

/** Asserts the success of an action, which returns a result. */
export function expectResult({ status, json }: Response, data: unknown = true): void {
  expect(json).toEqual({ object: "result", data });
  expect(status).toBe(200);
}

/** The formats of ids, keys and times. */
export const anId = expect.stringMatching(/^[0-9a-f]{24}$/);
export const aTime = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
export const aKey = {
  fingerprint: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
};

/** An account with only the required properties, as its holder reads it. */
export const plainAccount = (email: string) => ({
  _id: anId,
  object: "account",
  access: 6,
  name: { first: "Charles", last: "Best" },
  email,
  mobile: "+16505555555",
  locale: "en_US",
  state: "unverified",
  locked: false,
  activationRequired: false,
  roles: [],
  inherited_roles: [],
  favorite: false,
  shared: false,
  created: aTime,
  key: aKey,
});

/** `preferences` and `profile` of the source's example. */
export const examplePreferences = {
  notifications: [
    {
      label: "Custom Notifier",
      name: "c_notifier",
      _id: "56cbfddcba9ef5257bf48513",
      endpoints: [
        { _id: "456e64706f696e7420536d73", enabled: false, label: "SMS", name: "sms" },
        { _id: "456e64706f696e7420456d6c", enabled: true, label: "Email", name: "email" },
      ],
    },
  ],
};
export const exampleProvider = {
  affiliation: "None",
  license: { number: "777", state: "Alabama" },
  npi: "798798798",
  specialty: "Allergy and Immunology",
  visibility: { provider: false, public: false },
};
