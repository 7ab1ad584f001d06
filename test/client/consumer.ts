import {
  type Account,
  createDirectory,
  createPortal,
  each,
  FrontdeskError,
  isFailure,
  practiceSetActive,
  userSetActive,
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
const { record: switchedOff } = await userSetActive(clinic, "ada", false);
if (!switchedOff.active) names.push(switchedOff.lastName);

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
  each(portal.accountList, { where: { "name.first": { $regex: "/^s/i" }, state: "verified", locked: false } });
  each(portal.accountList, { where: '{"locked":false}', sort: { _id: -1 }, "paths[]": ["name"] });
  await portal.accountList({
    where: { $or: [{ created: { $gte: new Date() } }, { roles: { $in: ["a"] } }] },
    sort: "_id",
  });
  // @ts-expect-error: no such property to filter by
  await portal.accountList({ where: { dob: "1980-02-27" } });
  // @ts-expect-error: no such operator
  await portal.accountList({ where: { email: { $like: "a" } } });
  // @ts-expect-error: no such state
  await portal.accountList({ where: { state: { $ne: "asleep" } } });
  // @ts-expect-error: only the beginning of a text
  await portal.accountList({ where: { email: { $regex: "s$" } } });
  // @ts-expect-error: booleans have no order
  await portal.accountList({ where: { locked: { $gt: false } } });
  // @ts-expect-error: lists have the order of ids
  await portal.accountList({ sort: { email: 1 } });
  // @ts-expect-error: each goes from the beginning to the end
  each(portal.accountList, { skip: 10 });
  // @ts-expect-error: each page needs the account
  each(portal.accountEventList, { limit: 10 });
  each(portal.accountEventList, { id: "me" });
  each(portal.connectionList);
  await directory.practiceSave({ name: "A" }, { idempotencyKey: "a" });
  // @ts-expect-error: it switches practices on or off only
  await practiceSetActive(directory, "a", "off");
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
  if (isFailure(error)) await portal.accountGet({ id: `${error.help} ${error.hint?.length}` });
  // @ts-expect-error: an error may have no hint
  if (isFailure(error) && error.hint.length > 0) return;
  // @ts-expect-error: no operation has this code
  if (isFailure(error) && error.code === "kNope") return;
}
