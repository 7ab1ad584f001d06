import { deepEqual, equal, match, ok } from "node:assert/strict";
import { TOTP } from "otpauth";
import sharp from "sharp";
import type { Browser, LifeCycle, World } from "./both-versions.ts";

const password = "mauve otter juggles 41 kettles";
const otherPassword = "teal badger folds 17 umbrellas";
const providerRole = "000000000000000000000005";

/** The fields of somebody's registration. */
const newPerson = (world: World, name: string) => ({
  name: { first: "Charles", last: "Best" },
  email: world.email(name),
  mobile: "1-650-555-5555",
  password,
});

/** Registers somebody. Returns their browser, with a session. */
async function register(world: World, name: string, fields: object = {}): Promise<{ browser: Browser; id: string }> {
  const browser = world.browser();
  const { _id: id } = await browser.ok("POST", "accounts/register", { body: { ...newPerson(world, name), ...fields } });
  return { browser, id };
}

/** Somebody registers, verifies their address, signs in, and changes properties, sessions and the password. */
async function* accountsAndSessions(world: World): AsyncGenerator<void, void> {
  await world.open();
  const email = world.email("charles");
  const { browser, id } = await register(world, "charles");
  yield;
  await world.deliver();
  yield;
  await world.browser().ok("POST", `accounts/${world.tokenTo(email, "verify")}`);
  equal((await browser.ok("GET", "accounts/me")).state, "verified");
  const phone = world.browser();
  await phone.ok("POST", "accounts/login", { body: { email, password } });
  yield;
  equal((await phone.ok("GET", "accounts/status")).loggedin, true);
  equal((await phone.ok("GET", "accounts/me/sessions")).data.length, 2);
  await phone.ok("PUT", "accounts/me", { body: { locale: "fr_CA", c_shoe_size: 43 } });
  yield;
  const changed = await browser.ok("PATCH", "accounts/me", { body: { op: "set", path: "/c_shoe_size", value: 44 } });
  deepEqual([changed._id, changed.locale, changed.c_shoe_size], [id, "fr_CA", 44]);
  await phone.ok("DELETE", "accounts/me/sessions");
  yield;
  equal(await browser.refused("GET", "accounts/me"), "kNotLoggedIn");
  await phone.ok("POST", "accounts/me/update-password", {
    body: { current: password, password: otherPassword },
  });
  yield;
  equal(await browser.refused("POST", "accounts/login", { body: { email, password } }), "kInvalidCredentials");
  browser.forgetSession();
  await browser.ok("POST", "accounts/login", { body: { email, password: otherPassword } });
  await phone.ok("POST", "accounts/me/logout");
  yield;
  equal((await phone.ok("GET", "accounts/status")).loggedin, false);
  const { data: events } = await world.server().ok("GET", `accounts/${id}/events`);
  ok(events.length >= 5, `events: ${JSON.stringify(events)}`);
}

/** Somebody has forgotten their password. */
async function* passwordReset(world: World): AsyncGenerator<void, void> {
  await world.open();
  const email = world.email("charles");
  const { browser } = await register(world, "charles");
  yield;
  await world.browser().ok("POST", "accounts/request-password-reset", { body: { email } });
  yield;
  await world.deliver();
  const body = { token: world.tokenTo(email, "reset-password"), password: otherPassword };
  yield;
  await world.browser().ok("POST", "accounts/reset-password", { body });
  yield;
  equal(await browser.refused("GET", "accounts/me"), "kNotLoggedIn");
  equal(await world.browser().refused("POST", "accounts/reset-password", { body }), "kNotFound");
  await world.browser().ok("POST", "accounts/login", { body: { email, password: otherPassword } });
}

/** Wrong passwords lock an address, whoever has counted them. */
async function* wrongGuesses(world: World): AsyncGenerator<void, void> {
  await world.open();
  const email = world.email("charles");
  await register(world, "charles");
  const guess = () => world.browser().refused("POST", "accounts/login", { body: { email, password: "wrong" } });
  equal(await guess(), "kInvalidCredentials");
  equal(await guess(), "kInvalidCredentials");
  yield;
  for (let more = 0; more < 3; more++) await guess();
  yield;
  equal(await world.browser().refused("POST", "accounts/login", { body: { email, password } }), "kAccountLocked");
}

/** Somebody adds an authenticator app, and signs in with its codes. */
async function* authenticatorApp(world: World): AsyncGenerator<void, void> {
  await world.open();
  const email = world.email("charles");
  const { browser } = await register(world, "charles");
  const { secret } = (await browser.ok("POST", "accounts/me/totp")).data;
  /** @param steps the code of so many steps later, because each code works once */
  const codeAfter = (steps: number) => new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
  yield;
  const confirmed = await browser.ok("POST", "accounts/me/totp/confirm", { body: { code: codeAfter(-1) } });
  const [recoveryCode] = confirmed.data.recoveryCodes;
  yield;
  const phone = world.browser();
  const login = (browser: Browser, verificationToken?: string) =>
    browser.send("POST", "accounts/login", {
      body: { email, password, ...(verificationToken && { location: { verificationToken } }) },
    });
  equal((await login(phone)).json.code, "kNewLocation");
  yield;
  equal((await login(phone, codeAfter(0))).json.email, email);
  yield;
  const tablet = world.browser();
  equal((await login(tablet)).json.code, "kNewLocation");
  equal((await login(tablet, recoveryCode)).json.email, email);
  yield;
  const desk = world.browser();
  await login(desk);
  equal((await login(desk, recoveryCode)).json.code, "kCallbackNotFound");
  phone.forgetSession();
  equal((await login(phone)).json.email, email, "the phone is trusted");
  yield;
  await phone.ok("DELETE", "accounts/me/totp", { body: { password } });
  yield;
  equal((await login(world.browser())).json.email, email);
}

/** A portal asks for codes by text message, and people look at their devices. */
async function* codesAndDevices(world: World): AsyncGenerator<void, void> {
  await world.open();
  const { email } = newPerson(world, "charles");
  // A number gets few messages a day.
  const mobile = `+1650556${String(world.number).padStart(4, "0")}`;
  await register(world, "charles", { mobile });
  await world.ioOk("PortalSettingsSave", { auth: world.auth, twoFactor: true });
  yield;
  const phone = world.browser();
  const login = (location?: object) =>
    phone.send("POST", "accounts/login", { body: { email, password, ...(location && { location }) } });
  equal((await login()).json.code, "kNewLocation");
  yield;
  await world.deliver();
  const [, verificationToken] = /([0-9]{6})$/.exec(world.messageTo(mobile).text) ?? [];
  yield;
  equal((await login({ verificationToken, locationName: "The phone" })).json.email, email);
  yield;
  phone.forgetSession();
  equal((await login()).json.email, email);
  const { data: devices } = await phone.ok("GET", "accounts/me/devices");
  const [device] = devices.filter(({ name }: { name?: string }) => name === "The phone");
  ok(device, `devices: ${JSON.stringify(devices)}`);
  yield;
  await phone.ok("DELETE", `accounts/me/devices/${device._id}`);
  yield;
  phone.forgetSession();
  ok(["kNewLocation", "kUnverifiedLocation"].includes((await login()).json.code));
}

/** Somebody shares their account, and an administrator invites people. */
async function* connections(world: World): AsyncGenerator<void, void> {
  await world.open();
  const { browser: holder, id } = await register(world, "charles");
  const { browser: friend } = await register(world, "grace");
  await world.deliver();
  const offered = { targets: [{ email: world.email("grace"), access: 4 }] };
  yield;
  await holder.ok("POST", "accounts/me/connections", { body: offered });
  yield;
  await world.deliver();
  const token = world.tokenTo(world.email("grace"), "connect");
  yield;
  equal((await friend.ok("GET", `connections/${token}`)).access, 4);
  const { _id: connection } = await friend.ok("POST", `connections/${token}`);
  yield;
  equal((await friend.ok("GET", `accounts/${id}`))._id, id);
  equal((await friend.ok("GET", "accounts")).data.length, 2);
  await holder.ok("PATCH", `connections/${connection}`, { body: { access: 6 } });
  yield;
  equal((await friend.ok("PUT", `accounts/${id}`, { body: { c_note: "from Grace" } })).c_note, "from Grace");
  await holder.ok("DELETE", `connections/${connection}`);
  yield;
  ok(["kNotFound", "kAccessDenied"].includes(await friend.refused("GET", `accounts/${id}`)));
  const invited = { targets: [{ email: world.email("alan"), roles: [providerRole] }] };
  await world.server().ok("POST", "accounts/invitations", { body: invited });
  yield;
  await world.deliver();
  yield;
  const invitation = { token: world.tokenTo(world.email("alan"), "register") };
  const { browser: provider } = await register(world, "alan", invitation);
  yield;
  const { roles, state } = await provider.ok("GET", "accounts/me");
  deepEqual([roles, state], [[providerRole], "verified"]);
}

/** Somebody uploads a picture, which a worker makes smaller, and removes it again. */
async function* pictures(world: World): AsyncGenerator<void, void> {
  await world.open();
  const { browser } = await register(world, "charles");
  const begun = await browser.ok("PUT", "accounts/me/image", { body: { content: "me.png" } });
  equal((await browser.send("GET", "accounts/me/image/content")).json.code, "kMediaNotReady");
  yield;
  const [upload] = begun.uploads;
  const form = new FormData();
  for (const { key, value } of upload.fields) form.append(key, value);
  const file = await sharp({ create: { width: 300, height: 200, channels: 3, background: "teal" } })
    .png()
    .toBuffer();
  form.append("file", new Blob([new Uint8Array(file)]));
  equal((await fetch(upload.uploadUrl, { method: "POST", body: form })).status, 201);
  await world.processUploads();
  yield;
  equal((await browser.ok("GET", "accounts/me")).image.state, 2);
  const thumbnail = { headers: { accept: "application/json" } };
  const { url } = await browser.ok("GET", "accounts/me/image/thumbnail", thumbnail);
  equal((await fetch(url)).status, 200);
  yield;
  await browser.ok("PUT", "accounts/me/image", { body: { content: null } });
  yield;
  await world.deliver();
  // Nobody may list the bucket, so that S3 answers 403 where there is nothing.
  equal((await fetch(url)).status, 403);
  equal((await browser.ok("GET", "accounts/me")).image, undefined);
}

/** Somebody deletes their account, and a worker erases the rest. */
async function* erasures(world: World): AsyncGenerator<void, void> {
  await world.open();
  const { browser, id } = await register(world, "charles");
  await browser.ok("POST", "accounts/me/totp");
  const { browser: friend } = await register(world, "grace");
  const offered = { targets: [{ email: world.email("grace"), access: 4 }] };
  await browser.ok("POST", "accounts/me/connections", { body: offered });
  await world.deliver();
  const token = world.tokenTo(world.email("grace"), "connect");
  await friend.ok("POST", `connections/${token}`);
  yield;
  await browser.ok("DELETE", "accounts/me", { body: { password } });
  yield;
  ok(["kSessionExpired", "kNotLoggedIn"].includes(await browser.refused("GET", "accounts/me")));
  equal(await world.server().refused("GET", `accounts/${id}`), "kNotFound");
  equal((await friend.ok("GET", "accounts")).data.length, 1);
  await world.deliver();
  deepEqual(await world.partitionsOf(id), []);
  yield;
  match(world.messageTo(world.email("charles")).subject, /delete/i);
  const { id: another } = await register(world, "charles");
  ok(another !== id);
  yield;
  equal((await world.server().ok("GET", `accounts/${another}`)).email, world.email("charles"));
}

/** What people do at portals. */
export const accountCycles: readonly LifeCycle[] = [
  { title: "accounts and sessions", run: accountsAndSessions },
  { title: "a forgotten password", run: passwordReset },
  { title: "wrong guesses", run: wrongGuesses },
  { title: "an authenticator app", run: authenticatorApp },
  { title: "codes and devices", run: codesAndDevices },
  { title: "connections and invitations", run: connections },
  { title: "pictures", run: pictures },
  { title: "erasures", run: erasures },
];
