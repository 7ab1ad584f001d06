import { describe, expect, it } from "vitest";
import { newVendorSecret } from "../../../lib/practices/vendor.ts";
import {
  allItems,
  call,
  changeVendor,
  expectOk,
  makePractice,
  makeUser,
  makeVendor,
  withSecret,
} from "../../kit/system.ts";
import { named } from "./field-suites.ts";
import { expectRefusal, password, refused } from "./practices-contract.ts";

const ping = (auth: object) => call("PingWithApplicationAuth", { auth });

describe("2000 OK", () => {
  it("answers the bare envelope to an application with the right password", async () => {
    const { status, json } = await ping(await makeVendor());
    expect(json).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000 });
    expect(status).toBe(200);
  });
  it.each([["unknown"], ["x".repeat(500)], [{}], [17]])("ignores accountId and userId %j", async (junk) => {
    await expectOk(ping({ ...(await makeVendor()), accountId: junk, userId: junk }));
  });
  it("ignores an inactive practice", async () => {
    await expectOk(ping(await makePractice({ active: false })));
  });
});

describe("secrets of an application", () => {
  it("are both valid during a rotation, and the oldest becomes invalid with the third", async () => {
    const vendor = await makeVendor();
    const withPassword = (applicationPassword: string) => ({ ...vendor, applicationPassword });
    await changeVendor(vendor, (before) => withSecret(before, "second"));
    await expectOk(ping(vendor));
    await expectOk(ping(withPassword("second")));
    await changeVendor(vendor, (before) => withSecret(before, "third"));
    await expectOk(ping(withPassword("second")));
    await expectOk(ping(withPassword("third")));
    expectRefusal(await ping(vendor), 4010);
  });
  it("are stored as SHA-256 only", async () => {
    const { applicationPassword } = await makeVendor();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Buffer.from(applicationPassword)));
    const items = JSON.stringify(await allItems());
    expect(items).not.toContain(applicationPassword);
    expect(items).toContain(Buffer.from(digest).toString("hex"));
  });
  it("are random, of at least 256 bits, and differ each time", () => {
    const secrets = Array.from({ length: 200 }, newVendorSecret);
    expect(new Set(secrets).size).toBe(200);
    const alphabet = new Set(secrets.join("")).size;
    for (const secret of secrets) expect(secret.length * Math.log2(alphabet)).toBeGreaterThanOrEqual(256);
  });
});

describe(named(4010), () => {
  it.each([
    ["no password", { applicationPassword: undefined }],
    ["a wrong password", { applicationPassword: "wrong" }],
    ["the digest as the password", { applicationPassword: "0".repeat(64) }],
    ["a password in another case", (password: string) => password.toUpperCase()],
    ["a cut password", (password: string) => password.slice(0, -1)],
    ["an unknown application", { applicationId: "unknown" }],
    ["no application", { applicationId: "" }],
    ["an application in another case", { applicationId: "VENDOR-1" }],
  ])("refuses %s", async (_, change) => {
    const vendor = await makeVendor();
    const applied = typeof change === "function" ? { applicationPassword: change(vendor.applicationPassword) } : change;
    await refused(4010, () => ping({ ...vendor, ...applied }));
  });
  it("refuses a disabled application, from the next call on", async () => {
    const vendor = await makeVendor();
    await expectOk(ping(vendor));
    await changeVendor(vendor, (before) => ({ ...before, disabled: true }));
    await refused(4010, () => ping(vendor));
  });
  it("refuses a user who signs in, even an administrator", async () => {
    const practice = await makePractice();
    await makeUser(practice, { loginId: "an-admin", loginPassword: password, admin: true });
    await refused(4010, () => ping({ loginId: "an-admin", loginPassword: password }));
  });
});
