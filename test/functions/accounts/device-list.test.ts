import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, type Holder, minutesAfter, openPortal, roles, type TestPortal } from "../../kit/portal.ts";
import { anId, aTime, named, refused } from "./accounts-contract.ts";
import { connect } from "./connections.ts";
import { shown } from "./devices.ts";
import { describeCall } from "./suites.ts";

describeCall("DeviceList", async (portal) => ({ client: await portal.register(), path: "accounts/me/devices" }));

const start = new Date();
let portal: TestPortal;
let holder: Holder;
beforeAll(async () => {
  portal = await openPortal();
  holder = await portal.register({}, { now: start });
});

describe("200 list", () => {
  it("shows the device on which the account was registered", async () => {
    const { json } = await holder.get("accounts/me/devices");
    expect(json).toEqual({
      object: "list",
      data: [{ _id: anId, object: "device", created: aTime, lastSeen: aTime, current: true }],
      hasMore: false,
    });
  });
  it("shows the newest first, with names, when they were last seen, and which one asks", async () => {
    const person = await portal.register({}, { now: start });
    const laptop = portal.visitor();
    const login = { email: person.email, password: person.password, location: { locationName: "Laptop" } };
    await expectSuccess(laptop.post("accounts/login", login, { now: minutesAfter(start, 1) }));
    await expectSuccess(person.post("accounts/login", login, { now: minutesAfter(start, 2) }));
    const seen = await shown(laptop, "accounts/me/devices", { now: minutesAfter(start, 3) });
    expect(seen.map(({ name, current, lastSeen }) => ({ name, current, lastSeen }))).toEqual([
      { name: "Laptop", current: true, lastSeen: minutesAfter(start, 1).toISOString() },
      { name: undefined, current: false, lastSeen: minutesAfter(start, 2).toISOString() },
    ]);
    expect(seen[1]?.created).toBe(start.toISOString());
  });
  it("is the same for the holder by id, for administrators and for applications; to them no device is current", async () => {
    const own = await shown(holder, `accounts/${holder.id.toUpperCase()}/devices`);
    expect(own).toEqual(await shown(holder, "accounts/me/devices"));
    const boss = await portal.signedIn([roles.administrator]);
    for (const client of [boss, portal.administrator]) {
      const seen = await shown(client, `accounts/${holder.id}/devices`);
      expect(seen).toEqual(own.map((device) => ({ ...device, current: false })));
    }
  });
  it("has neither names of cookies nor their digests", async () => {
    const { text } = await holder.get("accounts/me/devices");
    expect(text).not.toContain(String(holder.cookies.get("md.fingerprint")));
    expect(text).not.toMatch(/[0-9a-f]{64}/);
  });
  it("comes in parts by limit and skip", async () => {
    const person = await portal.register({}, { now: start });
    for (let minute = 1; minute <= 4; minute++) {
      const options = { now: minutesAfter(start, minute) };
      const location = { locationName: `Device ${minute}` };
      const login = { email: person.email, password: person.password, location };
      await expectSuccess(portal.visitor().post("accounts/login", login, options));
    }
    const page = async (query: string) => {
      const { data, hasMore } = await expectSuccess(person.get(`accounts/me/devices?${query}`));
      return [data.map(({ name }: { name?: string }) => name), hasMore];
    };
    expect(await page("limit=2")).toEqual([["Device 4", "Device 3"], true]);
    expect(await page("limit=2&skip=3")).toEqual([["Device 1", undefined], false]);
    expect(await page("skip=5")).toEqual([[], false]);
  });
  it("leaves out devices that were forgotten, and those of more than a year ago", async () => {
    const person = await portal.register({}, { now: start });
    const options = { now: minutesAfter(start, 365 * 24 * 60) };
    const later = await portal.login(person, options, portal.visitor());
    expect(await shown(later, "accounts/me/devices", options)).toHaveLength(1);
    await expectSuccess(later.delete("accounts/me/devices", options));
    expect(await shown(later, "accounts/me/devices", options)).toEqual([]);
  });
});

describe(named("kAccessDenied"), () => {
  it("refuses those who may see the account and are not its holder: providers, and people connected to it", async () => {
    const provider = await portal.signedIn([roles.provider]);
    const friend = await portal.register();
    await connect(holder, friend, 6);
    for (const client of [provider, friend]) {
      await refused("kAccessDenied", () => client.get(`accounts/${holder.id}/devices`));
    }
  });
});

describe(named("kNotFound"), () => {
  it("is the answer to everybody else, and for what is no account", async () => {
    const stranger = await portal.register();
    await refused("kNotFound", () => stranger.get(`accounts/${holder.id}/devices`));
    for (const id of ["0".repeat(24), "x"]) await refused("kNotFound", () => holder.get(`accounts/${id}/devices`));
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is the answer to an application that asks for me", async () => {
    await refused("kNotLoggedIn", () => portal.administrator.get("accounts/me/devices"));
  });
});

describe(named("kInvalidArgument"), () => {
  it.each(["where=%7B%7D", "sort=_id", "limit=0", "skip=-1", "startingAfter=x"])("refuses %s", async (query) => {
    await refused("kInvalidArgument", () => holder.get(`accounts/me/devices?${query}`));
  });
});
