import {
  type Account,
  createDirectory,
  createPortal,
  each,
  FrontdeskError,
  isFailure,
} from "../../client/src/client.ts";

/**
 * A program like those of the package's users. `npm run check` compiles it with the client's sources; `package.test.ts`
 * compiles and runs it with the built package. Its arguments: Frontdesk's URL, an application, its password, a client key.
 */

declare const process: { readonly argv: readonly string[] };
const [url = "", id = "", password = "", clientKey = ""] = process.argv.slice(2);

const directory = createDirectory({ url, application: { id, password } });
const { action } = await directory.practiceSave({ accountId: "built", name: "Built Clinic", websiteAddress: "built" });
const clinic = directory.as({ accountId: "built" });
await clinic.userSave({ userId: "ada", firstName: "Ada", lastName: "Mills" });
await clinic.organizationSave({ name: "Therapy", therapist_user_id: 7 });

const names: string[] = [];
for await (const practice of each(directory.practiceList)) names.push(practice.name);
for await (const user of each(directory.userList, { accountId: "built" })) names.push(user.firstName);
for await (const one of each(clinic.organizationListByTherapist, { therapistUserId: 7 })) names.push(String(one.name));

const portal = createPortal({ url, org: "built", clientKey });
const name = { first: "Grace", last: "Oak" };
const person = { name, email: "grace@mail.example", mobile: "650-555-5555", password: "vexed tulips jog" };
const account: Account = await portal.accountRegister(person);
await portal.accountPut({ id: "me", body: { locale: "en_US" } });
await portal.accountLogout();

const codes: unknown[] = [];
try {
  await directory.practiceCreate({ accountId: "built", name: "Another" });
} catch (error) {
  if (isFailure(error, "PracticeCreate") && error.code === 4130) codes.push(error.code);
  if (isFailure(error, "UserCreate")) codes.push("another operation's");
}
await portal.accountGet({ id: "me" }).catch((error) => codes.push(error instanceof FrontdeskError && error.code));

console.log(JSON.stringify({ action, names, email: account.email, codes }));

/** Calls that must not compile. This function never runs. */
export async function refused(): Promise<void> {
  // @ts-expect-error: a practice has a name
  await directory.practiceCreate({ accountId: "a" });
  // @ts-expect-error: the client adds the credentials
  await directory.ping({ auth: {} });
  // @ts-expect-error: no such field
  await directory.practiceSave({ name: "A", websiteAdress: "a" });
  // @ts-expect-error: no such time zone
  await directory.practiceSave({ name: "A", timeZone: "Europe/Vienna" });
  // @ts-expect-error: the path needs an id
  await portal.accountPut({ body: {} });
  // @ts-expect-error: `op` is one of four
  await portal.accountPatch({ id: "me", body: { op: "add", path: "/tz", value: "UTC" } });
  // @ts-expect-error: accounts belong to the portal's client
  await directory.accountLogin({ email: "a", password: "b" });
  // @ts-expect-error: it needs input
  await clinic.organizationListByTherapist();
  // @ts-expect-error: each page needs the list's input
  each(clinic.organizationListByTherapist);
  // @ts-expect-error: only lists have pages
  each(directory.practiceGet, { accountId: "a" });
  // @ts-expect-error: credentials are missing
  createDirectory({ url });
  // @ts-expect-error: either an application or an individual
  createDirectory({ url, application: { id, password }, individual: { loginId: "a", loginPassword: "b" } });
  // @ts-expect-error: neither a client key nor an application
  createPortal({ url, org: "a" });

  // The result of a Get can be sent back in a Save.
  const { practice } = await directory.practiceGet({ accountId: "a" });
  await directory.practiceUpdate(practice);
  const { user } = await clinic.userGet({ userId: "a" });
  await clinic.userSave(user);
  const { portalSettings } = await clinic.portalSettingsGet();
  await clinic.portalSettingsSave(portalSettings);
  // @ts-expect-error: `vetted` is always `false`
  practice.vetted = true;
  // @ts-expect-error: no such property
  practice.websiteAdress;

  const error: unknown = undefined;
  // @ts-expect-error: a Ping does not have this code
  if (isFailure(error, "Ping") && error.code === 4130) return;
  // @ts-expect-error: no such operation
  if (isFailure(error, "PracticeErase")) return;
  // @ts-expect-error: no operation has this code
  if (isFailure(error) && error.code === "kNope") return;
}
