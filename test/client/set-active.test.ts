import { describe, expect, it } from "vitest";
import { createDirectory, type Directory, practiceSetActive, userSetActive } from "../../client/src/client.ts";
import { fullPractice, fullUser } from "../../openapi/samples.ts";
import { makeVendor } from "../kit/system.ts";
import { url } from "./served.ts";

/** Characters that are easily lost on the way. */
const metadata = ' {"a":"\\u0000"}\n\t "quoted" \u2028 𝒜 é e\u0301 ';

async function newDirectory(): Promise<Directory> {
  const { applicationId: id, applicationPassword: password } = await makeVendor();
  return createDirectory({ url, application: { id, password } });
}
const { auth: _, accountId, timeZone: __, state: ___, ...practiceFields } = fullPractice;
const { auth: ____, timeZone: _____, ...userFields } = fullUser;

describe("practiceSetActive", () => {
  it.each([
    ["all fields", { ...practiceFields, timeZone: "America/New_York", metadata } as const],
    ["only a name", { name: "Riverside Clinic" }],
  ])("switches a practice with %s off and on, and loses no field", async (_, fields) => {
    const directory = await newDirectory();
    await directory.practiceCreate({ accountId, ...fields });
    const { practice } = await directory.practiceGet({ accountId });
    for (const active of [false, true]) {
      const { record, changedMeanwhile } = await practiceSetActive(directory, accountId, active);
      expect([record, changedMeanwhile]).toEqual([{ ...practice, active }, []]);
      expect((await directory.practiceGet({ accountId })).practice).toEqual({ ...practice, active });
    }
  });

  it("writes nothing if the practice is as it should be, and fails for an unknown one", async () => {
    const directory = await newDirectory();
    await directory.practiceCreate({ accountId, name: "Riverside Clinic" });
    const readOnly = {
      practiceGet: directory.practiceGet,
      practiceUpdate: () => Promise.reject(new Error("nothing to write")),
    };
    expect((await practiceSetActive(readOnly, accountId, true)).record.active).toBe(true);
    await expect(practiceSetActive(directory, "unknown", false)).rejects.toMatchObject({ code: 4131 });
  });

  it("keeps what somebody else writes afterwards, and names it", async () => {
    const directory = await newDirectory();
    await directory.practiceCreate({ accountId, name: "Riverside Clinic" });
    const another: Pick<Directory, "practiceGet" | "practiceUpdate"> = {
      practiceGet: directory.practiceGet,
      async practiceUpdate(practice, options) {
        const answer = await directory.practiceUpdate(practice, options);
        await directory.practiceUpdate({ ...practice, name: "Another name", city: "Columbus" });
        return answer;
      },
    };
    const { record, changedMeanwhile } = await practiceSetActive(another, accountId, false);
    expect(record).toMatchObject({ name: "Another name", city: "Columbus", active: false });
    expect(changedMeanwhile.toSorted()).toEqual(["city", "name"]);
  });
});

describe("userSetActive", () => {
  it("switches a user off and on, and loses neither a field nor the password", async () => {
    const directory = await newDirectory();
    await directory.practiceCreate({ accountId, name: "Riverside Clinic", directDomain: "set-active" });
    const clinic = directory.as({ accountId });
    await clinic.userCreate({
      ...userFields,
      timeZone: "America/New_York",
      state: "OH",
      loginId: "set-active",
      metadata,
    });
    const { user } = await clinic.userGet({ userId: "user-1" });
    const individual = { loginId: "set-active", loginPassword: fullUser.loginPassword };
    const asUser = createDirectory({ url, individual });
    for (const active of [false, true]) {
      expect(await userSetActive(clinic, "user-1", active)).toEqual({
        wasActive: !active,
        record: { ...user, active },
        changedMeanwhile: [],
      });
      expect((await asUser.pingWithAuth().catch((error) => error)).code).toBe(active ? undefined : 4010);
    }
    await expect(userSetActive(clinic, "unknown", false)).rejects.toMatchObject({ code: 4231 });
  });
});
