import { expect } from "vitest";
import { organizationCounterKey } from "../../../lib/table/keys.ts";
import { put, write } from "../../../lib/table/transact.ts";
import { createOrganization, type OrganizationFields } from "../../../lib/therapists/organization.ts";
import { allItems, type Item, type Response, send, type TestPractice } from "../../kit/system.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The headers with the credentials of the account tier. */
export const headersOf = ({ applicationId, applicationPassword, accountId }: TestPractice) => ({
  authorization: `Basic ${Buffer.from(`${applicationId}:${applicationPassword}`).toString("base64")}`,
  "x-account-id": accountId,
});

/** The header of Individual Authentication. */
export const individual = (loginId: string, loginPassword: string) => ({
  authorization: `Individual ${Buffer.from(`${loginId}:${loginPassword}`).toString("base64")}`,
});

/** The path of organizations. */
export const organizationsPath = "/therapist/organizations/";
/** The path of practice profiles. */
export const profilePath = "/therapist/practice-profile/";

/** Sends a POST with a practice's credentials. */
const post = (auth: TestPractice, path: string, body: unknown): Promise<Response> =>
  send("POST", path, { headers: headersOf(auth), body });
/** Sends a GET with a practice's credentials. */
export const get = (auth: TestPractice, target: string): Promise<Response> =>
  send("GET", target, { headers: headersOf(auth) });

/** Calls `OrganizationSave`. */
export const saveOrganization = (auth: TestPractice, fields: Fields) => post(auth, organizationsPath, fields);
/** Calls `PracticeProfileSave`. */
export const saveProfile = (auth: TestPractice, fields: Fields) => post(auth, profilePath, fields);

/** The body of the source's example for `practice-profile`, which has no `userId`. */
export const sourceProfile = {
  userloginname: "string",
  role: "string",
  firstName: "string",
  lastName: "string",
  emailid: "user@example.com",
  gender: "string",
  phoneNumber: "string",
  dob: "2019-08-24",
  image: "string",
  timezone: "string",
  address: [
    {
      addressLine1: "string",
      addressLine2: "string",
      city: "string",
      state: "string",
      country: "string",
      zipcode: "string",
    },
  ],
  loginid: "string",
  orgid: 0,
  npi: "string",
  is_org_admin: false,
};

const titles = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  503: "Service Unavailable",
};

/** Asserts a whole problem document (RFC 9457). @param paths the fields at fault when the status is 400 */
export function expectProblem(response: Response, status: keyof typeof titles, paths?: readonly string[]): void {
  expect(response.json).toEqual({
    type: `/docs/errors.html#therapists-${status}`,
    title: titles[status],
    status,
    detail: expect.stringMatching(/./),
    instance: expect.stringMatching(/./),
    ...(paths && { errors: paths.map((path) => ({ path, message: expect.stringMatching(/./) })) }),
  });
  expect(response.status).toBe(status);
  expect(response.headers).toMatchObject({ "content-type": "application/problem+json", "cache-control": "no-store" });
}

/** Asserts a JSON answer. */
export function expectJson(response: Response, status: number, json: unknown): void {
  expect(response.json).toEqual(json);
  expect(response.status).toBe(status);
  expect(response.headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
}

/** Asserts an answer without a body. */
export function expectNothing(response: Response): void {
  expect(response).toEqual({
    status: 204,
    headers: {
      "cache-control": "no-store",
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
    },
    cookies: [],
    text: "",
    json: undefined,
  });
}

/** The address of the next page, from the `Link` header. */
export const nextOf = ({ headers }: Response): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(headers.link ?? "")?.[1];

/** Reads all pages of a list. @param betweenPages runs while each page is read */
export async function walk(
  auth: TestPractice,
  target: string,
  betweenPages: () => Promise<unknown> = async () => undefined,
): Promise<Response["json"][]> {
  const pages: Response["json"][] = [];
  for (let next: string | undefined = target; next; ) {
    const [response] = await Promise.all([get(auth, next), betweenPages()]);
    expect(response.status).toBe(200);
    pages.push(response.json);
    next = nextOf(response);
  }
  return pages;
}

/** Puts many organizations, numbered from 1, into a new practice without calling the API. */
export async function insertOrganizations(practice: TestPractice, all: readonly Partial<OrganizationFields>[]) {
  const actor = { kind: "operator" } as const;
  const context = { now: new Date(), requestId: "test" };
  const perTransaction = 20;
  for (let start = 0; start < all.length; start += perTransaction) {
    const parts = all.slice(start, start + perTransaction).flatMap((fields, place) => {
      const caller = { practice, rightsHeld: undefined };
      const statement = { caller, fields: { id: undefined, ...fields }, actor, context };
      return createOrganization({ number: start + place + 1, parts: [] }, statement).parts;
    });
    const counter = put(organizationCounterKey(practice), { type: "counter", version: start + perTransaction });
    await write(() => [counter, ...parts]);
  }
}

/** The audit events of a practice, in the order in which they were written. */
export const eventsOf = async ({ applicationId, accountId }: TestPractice, what: string): Promise<Item[]> =>
  (await allItems()).filter(
    (item) =>
      item.pk === `PRACTICE#${applicationId}#${accountId}` &&
      item.type === "event" &&
      String(item.what).startsWith(what),
  );
