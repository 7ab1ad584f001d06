import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import type { LifeCycle, World } from "./both-versions.ts";

const user = { firstName: "Ada", lastName: "Mills" };

/** A vendor creates a practice and its users, changes them, and closes and deletes them. */
async function* practicesAndUsers(world: World): AsyncGenerator<void, void> {
  const { vendor, auth, org } = world;
  const login = { loginId: `ada-${org}`, loginPassword: "Stethoscope1" };
  const signIn = async (loginPassword: string) =>
    (await world.io("PingWithAuth", { auth: { ...login, loginPassword } })).responseCode;
  await world.open();
  await world.ioOk("UserCreate", { auth, userId: "user-1", ...user, ...login });
  yield;
  equal((await world.io("PracticeCreate", { auth: vendor, accountId: org, name: "Again" })).responseCode, 4130);
  equal(await signIn(login.loginPassword), 2000);
  equal(await signIn("wrong"), 4010);
  const practice = { auth: vendor, accountId: org, name: "Lakeside Clinic", websiteAddress: org };
  equal((await world.ioOk("PracticeSave", practice)).action, "update");
  yield;
  equal((await world.ioOk("PracticeGet", { auth: vendor, accountId: org })).practice.name, "Lakeside Clinic");
  await world.ioOk("UserUpdate", { auth, userId: "user-1", ...user, ...login, loginPassword: "Otoscope22" });
  yield;
  equal(await signIn(login.loginPassword), 4010);
  equal(await signIn("Otoscope22"), 2000);
  await world.ioOk("PracticeSave", { ...practice, active: false });
  yield;
  equal((await world.io("PingWithAccountAuth", { auth })).responseCode, 4011);
  await world.ioOk("PracticeSave", { ...practice, active: true });
  equal((await world.ioOk("UserGet", { auth, userId: "user-1" })).user.firstName, "Ada");
  await world.ioOk("UserDelete", { auth, userId: "user-1" });
  yield;
  equal(await signIn("Otoscope22"), 4010);
  await world.ioOk("PracticeSave", { ...practice, active: false });
  await world.ioOk("PracticeDelete", { auth: vendor, accountId: org });
  yield;
  await world.deliver();
  await world.open({ name: "Another Clinic" });
  yield;
  equal((await world.ioOk("PracticeGet", { auth: vendor, accountId: org })).practice.name, "Another Clinic");
  equal((await world.ioOk("UserList", { auth: vendor, accountId: org })).userList.length, 0);
  const { eventList } = await world.ioOk("EventList", { auth: vendor, accountId: org });
  const names = eventList.map(({ what }: { what: string }) => what);
  ok(names.includes("practice.deleted") && names.includes("user.updated"), `events: ${names}`);
}

/** A vendor goes through lists whose cursors the other version has sealed. */
async function* cursors(world: World): AsyncGenerator<void, void> {
  const { vendor, auth, org } = world;
  await world.open();
  for (const userId of ["user-1", "user-2", "user-3"]) await world.ioOk("UserCreate", { auth, userId, ...user });
  const lists = [
    { id: "PracticeList", items: "practiceList", key: "accountId", body: { auth: vendor } },
    { id: "UserList", items: "userList", key: "userId", body: { auth: vendor, accountId: org } },
    { id: "EventList", items: "eventList", key: "eventId", body: { auth: vendor, accountId: org } },
  ];
  const pageOf = ({ id, body }: (typeof lists)[number], cursor?: string) =>
    world.ioOk(id, { ...body, limit: 1, ...(cursor && { cursor }) });
  const first = [];
  for (const list of lists) first.push(await pageOf(list));
  yield;
  for (const [place, list] of lists.entries()) {
    const second = await pageOf(list, first[place].cursor);
    equal(second[list.items].length, 1);
    notEqual(JSON.stringify(second[list.items]), JSON.stringify(first[place][list.items]));
  }
}

/** A vendor sends writes again with their keys, and the other version answers. */
async function* idempotencyKeys(world: World): AsyncGenerator<void, void> {
  const { vendor: auth, org } = world;
  const practice = { auth, accountId: org, name: "Riverside Clinic", websiteAddress: org };
  const key = { "idempotency-key": `create-${org}` };
  const created = await world.ioOk("PracticeCreate", practice, key);
  yield;
  deepEqual(await world.io("PracticeCreate", practice, key), created);
  equal((await world.io("PracticeCreate", { ...practice, name: "Lakeside" }, key)).responseCode, 4060);
  equal((await world.io("PracticeCreate", practice)).responseCode, 4130);
  yield;
  const browser = world.browser();
  const person = {
    name: { first: "Grace", last: "Oak" },
    email: world.email("grace"),
    mobile: "1-650-555-5555",
    password: "mauve otter juggles 41 kettles",
  };
  const again = { body: person, headers: { "idempotency-key": `register-${org}` } };
  const registered = await world.browser().ok("POST", "accounts/register", again);
  yield;
  equal((await browser.ok("POST", "accounts/register", again))._id, registered._id);
  // The first answer's cookies have come again.
  yield;
  equal((await browser.ok("GET", "accounts/me"))._id, registered._id);
}

/** A vendor saves a therapist's organizations and profile. */
async function* therapists(world: World): AsyncGenerator<void, void> {
  await world.open();
  const headers = world.applicationHeaders();
  const organizations = "/therapist/organizations/";
  const made = await world.send("POST", organizations, { headers, body: { name: "Lakeside", therapist_user_id: 42 } });
  equal(made.status, 201);
  yield;
  deepEqual((await world.send("GET", organizations, { headers })).json, [made.json]);
  const change = { id: made.json.id, name: "Riverside" };
  equal((await world.send("POST", organizations, { headers, body: change })).status, 200);
  const profile = { userId: "therapist-1", image: "https://images.example.org/grace.png", address: [] };
  const saved = await world.send("POST", "/therapist/practice-profile/", { headers, body: profile });
  equal(saved.status, 200);
  yield;
  equal((await world.send("GET", organizations, { headers })).json[0].name, "Riverside");
  const of42 = await world.send("GET", `${organizations}42`, { headers });
  equal(of42.json.length, 1);
  const read = await world.send("GET", "/therapist/practice-profile/therapist-1", { headers });
  equal(read.json.image, profile.image);
  await world.send("POST", "/therapist/practice-profile/", { headers, body: { ...profile, role: "director" } });
  yield;
  const list = await world.send("GET", "/therapist/practice-profile/", { headers });
  deepEqual([list.json.length, list.json[0].role], [1, "director"]);
}

/** What vendors do. */
export const practiceCycles: readonly LifeCycle[] = [
  { title: "practices and users", run: practicesAndUsers },
  { title: "cursors of lists", run: cursors },
  { title: "writes that are sent again", run: idempotencyKeys },
  { title: "therapists", run: therapists },
];
