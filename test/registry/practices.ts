import { allOperations, makePractice, makeUser, type TestPractice, type TestVendor } from "../kit/system.ts";

/** The rows of contract practices; suites that run over the registry take these. */
export const rows = allOperations.filter((row) => row.family === "practices");
/** One of them. */
export type Row = (typeof rows)[number];

let keys = 0;
/** A key that was not used before in this file. */
export const freshKey = (): string => `fresh-${++keys}`;

const practice = { accountId: "target", name: "Practice" };
const user = { userId: "target", firstName: "Grace", lastName: "Hopper" };

/** What a request must say beside its credentials to succeed, where that is anything. */
const leastBodies: Partial<Record<Row["id"], () => object>> = {
  PracticeCreate: () => ({ ...practice, accountId: freshKey() }),
  PracticeUpdate: () => practice,
  PracticeSave: () => practice,
  PracticeGet: () => ({ accountId: "target" }),
  UserCreate: () => ({ ...user, userId: freshKey() }),
  UserUpdate: () => user,
  UserSave: () => user,
  UserGet: () => ({ userId: "target" }),
};

/** The least that a request of this row says beside its credentials to succeed, in a practice that `makeTargets` has readied. */
export const leastBody = ({ id }: Row): object => leastBodies[id]?.() ?? {};

/** Makes a practice, and in reach of its credentials the practice and the user that `leastBody` is about. */
export async function makeTargets(vendor?: TestVendor): Promise<TestPractice> {
  const caller = await makePractice({ accountId: "caller" }, vendor);
  await makePractice({ accountId: "target" }, caller);
  await makeUser(caller, { userId: "target" });
  return caller;
}

/** Credentials as headers instead of in the body; `undefined` for what headers cannot say. */
export function inHeaders(auth: object): Record<string, string> | undefined {
  if (Object.values(auth).some((value) => typeof value !== "string" || /[^\x20-\x7e]/.test(value))) return undefined;
  const { applicationId, applicationPassword, accountId, userId, loginId, loginPassword } = auth as Record<
    string,
    string
  >;
  const pair = (name = "", word = "") => Buffer.from(`${name}:${word}`).toString("base64");
  const basic = applicationId !== undefined || applicationPassword !== undefined;
  const individual = loginId !== undefined || loginPassword !== undefined;
  if (basic && individual) return undefined;
  return {
    ...(basic && { authorization: `Basic ${pair(applicationId, applicationPassword)}` }),
    ...(individual && { authorization: `Individual ${pair(loginId, loginPassword)}` }),
    ...(accountId !== undefined && { "x-account-id": accountId }),
    ...(userId !== undefined && { "x-user-id": userId }),
  };
}
