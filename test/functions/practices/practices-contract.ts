import { expect } from "vitest";
import { leavesNoTrace, type Response } from "../../kit/system.ts";

/** The codes of contract practices §7 and their messages, copied from there. */
export const messages = {
  4000: "Bad Request",
  4010: "Unauthorized",
  4011: "Unauthorized [Practice does not exist or is inactive]",
  4012: "Unauthorized [User does not exist or is inactive]",
  4020: "Bad Request: Request likely too large",
  4110: "no practice ID",
  4130: "account already exists",
  4131: "account does not exist",
  4135: "account must be inactive to be deleted",
  4140: "web address is already taken",
  4150: "direct domain is already taken",
  4160: "direct domain is invalid",
  4161: "web address is invalid",
  4210: "no user ID",
  4230: "user already exists",
  4231: "user does not exist",
  4232: "user password is required",
  4233: "user password is invalid. Password length must be between 8 and 30 characters, contain at least one upper case AND lower case character, and must contain one number OR special character.",
  4234: "login ID is already taken",
  4241: "invalid user ID, user IDs starting with '@' are reserved for practice users",
  4251: "invalid NPI",
  4252: "invalid taxonomy code",
  4610: "direct address error: direct address is taken",
  4620: "direct address error: domain does not match the direct domain for this account",
  4630: "direct address error: account does not have a direct domain configured",
  4640: "direct address error: invalid direct address",
  5000: "an unknown error has occurred",
} as const;

/** A code with a fixed message. 4060 has none, because it lists faults instead. */
export type Code = keyof typeof messages;

/** The root Direct domain of the test system. */
const directRoot = "direct.example.com";

/** The credentials that a refusal names as missing from the request (contract practices §2). */
export const missing = {
  credentials: "no credentials were sent: they go into the body's auth, or into an Authorization header",
  practice:
    "no practice was named: send its accountId with the other credentials, in the body's auth or in an X-Account-Id header",
  user: "no user was named: send their userId with the other credentials, in the body's auth or in an X-User-Id header",
} as const;

/** The codes of single fields. They name the field as 4060 does. */
export const fieldCodes: ReadonlySet<Code> = new Set([4160, 4161, 4233, 4241, 4251, 4252, 4640]);

/** The whole body of a refusal. @param about the field at fault if the code belongs to a field, else what was missing */
export const refusal = (code: Code, about?: string) => ({
  successful: false,
  responseMessage: about && !fieldCodes.has(code) ? `${messages[code]}: ${about}` : messages[code],
  responseCode: code,
  ...(fieldCodes.has(code) && {
    errors: [{ field: about ?? expect.any(String), message: expect.stringMatching(/./) }],
  }),
});

/** Asserts the whole body of a refusal. @param about as for `refusal` */
export function expectRefusal({ status, json }: Response, code: Code, about?: string): void {
  expect(json).toEqual(refusal(code, about));
  expect(status).toBe(code === 5000 ? 500 : 200);
}

/** Asserts that 4060 names exactly these fields, both in the message and in the list. */
export function expectFaults({ status, json }: Response, fields: readonly string[]): void {
  expect(json).toEqual({
    successful: false,
    responseCode: 4060,
    responseMessage: expect.any(String),
    errors: fields.map(() => ({ field: expect.any(String), message: expect.stringMatching(/./) })),
  });
  const told: { field: string; message: string }[] = json.errors;
  expect(told.map(({ field }) => field).sort()).toEqual([...fields].sort());
  expect(json.responseMessage).toBe(told.map(({ field, message }) => `${field}: ${message}`).join("; "));
  expect(status).toBe(200);
}

/** Makes a call that must be refused with `code`, and asserts that it wrote nothing. */
export const refused = async (code: Code, work: () => Promise<Response>, about?: string): Promise<void> =>
  expectRefusal(await leavesNoTrace(work), code, about);

/** Makes a call that must be refused because of these fields, and asserts that it wrote nothing. */
export const faulty = async (fields: readonly string[], work: () => Promise<Response>): Promise<void> =>
  expectFaults(await leavesNoTrace(work), fields);

/** A body for `PracticeCreate` with every field set. @param name the start of its unique values */
export const fullPractice = (name: string) => ({
  name: `Practice ${name}`,
  address1: "1 Main Street",
  address2: "Suite 200",
  city: "Columbus",
  state: "OH",
  postal: "43215",
  phone: "6145550100",
  fax: "6145550101",
  active: true,
  timeZone: "America/New_York",
  websiteAddress: `${name}-web`,
  directDomain: `${name}-direct`,
  directAddress: `${name}-office`,
  practiceNpi: "1234567893",
  practiceSpecialtyCode: "207Q00000X",
  metadata: `{"name":"${name}"}`,
});

/** The same practice as it is answered. */
export const fullPracticeAnswer = (name: string, accountId: string) => ({
  ...fullPractice(name),
  accountId,
  directDomain: `${name}-direct.${directRoot}`,
  directAddress: `${name}-office@${name}-direct.${directRoot}`,
  vetted: false,
});

/** The answer for a practice that was written with nothing but a name. */
export const plainPracticeAnswer = (name: string, accountId: string) => ({
  accountId,
  name,
  address1: "",
  address2: "",
  city: "",
  state: "",
  postal: "",
  phone: "",
  fax: "",
  directAddress: null,
  directDomain: "",
  websiteAddress: "",
  timeZone: "Zulu",
  practiceNpi: "",
  practiceSpecialtyCode: "",
  metadata: "",
  vetted: false,
  active: true,
});

/** A password that the contract allows. */
export const password = "Passw0rd-1";

/** A body for `UserCreate` with every field set. @param name the start of the unique values */
export const fullUser = (name: string) => ({
  firstName: "Ada",
  middleName: "King",
  lastName: "Lovelace",
  address1: "12 St James's Square",
  address2: "Floor 2",
  city: "Columbus",
  state: "OH",
  postal: "432151234",
  active: true,
  timeZone: "America/Denver",
  directAddress: `${name}-direct`,
  loginId: `${name}@Login.example`,
  loginPassword: password,
  provider: true,
  admin: true,
  searchOptOut: true,
  npi: "9876543213",
  providerTaxonomyCode: "208D00000X",
  metadata: `user ${name}`,
});

/** The same user as answered. @param label the label of the practice's Direct domain */
export function fullUserAnswer(name: string, id: { accountId: string; userId: string }, label: string) {
  const { loginPassword, ...fields } = fullUser(name);
  return {
    ...fields,
    accountId: id.accountId,
    userId: id.userId,
    directAddress: `${name}-direct@${label}.${directRoot}`,
    vetted: false,
  };
}

/** The answer for a user who was written with nothing but the two names. */
export const plainUserAnswer = (firstName: string, lastName: string, id: { accountId: string; userId: string }) => ({
  userId: id.userId,
  accountId: id.accountId,
  loginId: "",
  firstName,
  middleName: "",
  lastName,
  address1: "",
  address2: "",
  city: "",
  state: "",
  postal: "",
  timeZone: "Zulu",
  metadata: "",
  vetted: false,
  active: true,
  searchOptOut: false,
  npi: "",
  providerTaxonomyCode: "",
  directAddress: null,
  provider: false,
  admin: false,
});
