import { describe, expect, it } from "vitest";
import {
  createDirectory,
  each,
  FrontdeskError,
  isFailure,
  practiceSetActive,
  userSetActive,
} from "../../client/src/client.ts";
import { envelopeExplanations, problemExplanations } from "../../openapi/errors.ts";
import { makePractice, makeVendor, type TestPractice, type TestVendor } from "../kit/system.ts";
import { url } from "./served.ts";

const clientOf = ({ applicationId: id, applicationPassword: password }: TestVendor) =>
  createDirectory({ url, application: { id, password } });
const clinicOf = (practice: TestPractice) => clientOf(practice).as({ accountId: practice.accountId });

/** The error of a call that must fail. */
const failureOf = async (pending: Promise<unknown>): Promise<FrontdeskError> => {
  const error = await pending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFailure(error)) throw new Error(`expected a failure, got ${error}`);
  return error;
};

/** All records of `each`, as an array. */
async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of list) all.push(one);
  return all;
}

describe("practices and users", () => {
  it("are written and read with an application's credentials", async () => {
    const directory = clientOf(await makeVendor());
    expect(await directory.ping()).toEqual({ successful: true, responseMessage: "OK", responseCode: 2000 });
    const saved = { accountId: "p1", name: "Riverside Clinic", timeZone: "Pacific/Honolulu" } as const;
    expect(await directory.practiceSave(saved)).toMatchObject({ accountId: "p1", action: "create" });
    expect(await directory.practiceSave(saved)).toMatchObject({ accountId: "p1", action: "update" });
    const { practice } = await directory.practiceGet({ accountId: "p1" });
    expect(practice).toMatchObject({ name: "Riverside Clinic", timeZone: "Pacific/Honolulu", active: true });

    const clinic = directory.as({ accountId: "p1" });
    expect((await clinic.userCreate({ userId: "u1", firstName: "Ada", lastName: "Mills" })).action).toBe("create");
    expect((await clinic.userGet({ userId: "u1" })).user).toMatchObject({ accountId: "p1", firstName: "Ada" });
    expect((await clinic.portalSettingsSave({ lockAttempts: 7 })).portalSettings.lockAttempts).toBe(7);
  });

  it("may be selected for a client, or for one call", async () => {
    const practice = await makePractice();
    const directory = clientOf(practice);
    const clinic = directory.as({ accountId: practice.accountId });
    await clinic.userSave({ userId: "u1", firstName: "Ada", lastName: "Mills" });
    expect((await clinic.as({ userId: "u1" }).pingWithAuth()).responseCode).toBe(2000);
    const forOne = { accountId: practice.accountId, userId: "u1" };
    expect((await directory.pingWithAuth({}, forOne)).responseCode).toBe(2000);
    expect((await failureOf(directory.pingWithAuth())).code).toBe(4011);
    expect((await failureOf(clinic.pingWithAuth())).code).toBe(4012);
    expect((await clinic.practiceGet()).practice.accountId).toBe(practice.accountId);
  });

  it("may have ids in any script", async () => {
    const directory = clientOf(await makeVendor());
    await directory.practiceCreate({ accountId: "практика №1", name: "Ж" });
    const clinic = directory.as({ accountId: "практика №1" });
    await clinic.userCreate({ userId: "ユーザー", firstName: "Ю", lastName: "Я" });
    expect((await clinic.as({ userId: "ユーザー" }).pingWithAuth()).responseCode).toBe(2000);
    expect((await clinic.organizationSave({ name: "Ц" })).name).toBe("Ц");
    // Requests without a body have ids in headers.
    expect((await clinic.organizationList()).organizations.map(({ name }) => name)).toEqual(["Ц"]);
    for (const accountId of ["o'brien's", "UTF-8''x", "(a)*!%20", "𝒜 b"]) {
      await directory.practiceCreate({ accountId, name: "Ж" });
      expect(await directory.as({ accountId }).organizationList()).toEqual({ organizations: [] });
    }
  });

  it("are accessible with a user's login, in the body and in headers", async () => {
    const practice = await makePractice();
    const individual = { loginId: "äda", loginPassword: "Stethoscope1:ü" };
    const fields = { ...individual, firstName: "Ada", lastName: "Mills", admin: true };
    await clinicOf(practice).userCreate({ userId: "u1", ...fields });
    const ada = createDirectory({ url, individual });
    expect((await ada.pingWithAuth()).responseCode).toBe(2000);
    expect((await ada.userGet({ userId: "u1" })).user.loginId).toBe("äda");
    expect(await ada.organizationList()).toEqual({ organizations: [] });
    const wrong = createDirectory({ url, individual: { ...individual, loginPassword: "Stethoscope2" } });
    expect((await failureOf(wrong.pingWithAuth())).code).toBe(4010);
    const withColon = createDirectory({ url, individual: { ...individual, loginId: "a:b" } });
    await expect(withColon.organizationList()).rejects.toThrow(TypeError);
  });
});

describe("therapists", () => {
  it("have organizations, whose lists return a cursor", async () => {
    const clinic = clinicOf(await makePractice());
    expect(await clinic.organizationList()).toEqual({ organizations: [] });
    const made = await clinic.organizationSave({ name: "Therapy", therapist_user_id: 7 });
    expect(made).toEqual({ id: 1, name: "Therapy", therapist_user_id: 7, is_active: true });
    expect(await clinic.organizationSave({ id: 1, name: null })).toEqual({ ...made, name: null });
    await clinic.organizationSave({ name: "Other" });
    const first = await clinic.organizationList({ limit: 1 });
    expect(first.organizations.map(({ id }) => id)).toEqual([1]);
    const { cursor } = first;
    expect(await clinic.organizationList({ limit: 1, cursor })).toMatchObject({ organizations: [{ id: 2 }] });
    expect(await clinic.organizationListByTherapist({ therapistUserId: 7 })).toMatchObject({
      organizations: [{ id: 1 }],
    });
  });

  it("have profiles, under any key", async () => {
    const clinic = clinicOf(await makePractice());
    const profile = { userId: "dr/grace?#%", image: "data:,", address: [{ city: "Riverside" }], firstName: "Grace" };
    expect(await clinic.practiceProfileSave(profile)).toEqual({ success: true });
    const read = await clinic.practiceProfileGet({ userId: "dr/grace?#%" });
    expect(read).toMatchObject({ userId: "dr/grace?#%", firstName: "Grace", is_org_admin: false });
  });

  it.each(["", ".", "..", undefined])(
    "are not requested with a key that would lead to another path: %j",
    async (userId) => {
      const clinic = clinicOf(await makePractice());
      await expect(clinic.practiceProfileGet({ userId: userId as string })).rejects.toThrow(
        new TypeError("PracticeProfileGet: no such userId"),
      );
    },
  );
});

describe("each", () => {
  it("returns all records of a list, page by page", async () => {
    const practice = await makePractice({ accountId: "p0" });
    const directory = clientOf(practice);
    const ids = ["p0", "p1", "p2", "p3", "p4"];
    for (const accountId of ids.slice(1)) await directory.practiceCreate({ accountId, name: accountId });
    expect((await collect(each(directory.practiceList, { limit: 2 }))).map(({ accountId }) => accountId)).toEqual(ids);
    expect(await collect(each(directory.practiceList))).toHaveLength(5);

    const clinic = clinicOf(practice);
    for (const userId of ids) await clinic.userCreate({ userId, firstName: "A", lastName: "B" });
    const users = await collect(each(clinic.userList, { accountId: "p0", limit: 2 }));
    expect(users.map(({ userId }) => userId)).toEqual(ids);

    for (const name of ids) await clinic.organizationSave({ name, therapist_user_id: name === "p0" ? 1 : 2 });
    const names = async (list: AsyncIterable<{ name: string | null }>) => (await collect(list)).map(({ name }) => name);
    expect(await names(each(clinic.organizationList, { limit: 2 }))).toEqual(ids);
    expect(await names(each(clinic.organizationListByTherapist, { therapistUserId: 2, limit: 3 }))).toEqual(
      ids.slice(1),
    );
    expect(await names(each(clinic.organizationListByTherapist, { therapistUserId: 3 }))).toEqual([]);
  });

  it("returns all profiles of a practice, its events, and inactive organizations if they are wanted", async () => {
    const clinic = clinicOf(await makePractice());
    const profile = { image: "data:,", address: [] };
    for (const userId of ["a", "b", "c"]) await clinic.practiceProfileSave({ ...profile, userId });
    for (const name of ["X", "Y"]) await clinic.organizationSave({ name });
    await clinic.organizationSave({ id: 1, is_active: false });
    for (const limit of [1, 2, 100]) {
      const profiles = await collect(each(clinic.practiceProfileList, { limit }));
      expect(profiles.map(({ userId }) => userId)).toEqual(["a", "b", "c"]);
      const organizations = await collect(each(clinic.organizationList, { limit, include: "inactive" }));
      expect(organizations.map(({ name }) => name)).toEqual(["X", "Y"]);
      const events = await collect(each(clinic.eventList, { accountId: "practice-1", limit }));
      expect(events.map(({ what }) => what)).toEqual([
        "organization.updated",
        ...Array(2).fill("organization.created"),
        ...Array(3).fill("practiceProfile.saved"),
        "practice.created",
      ]);
    }
  });

  it("requests a page only when it is needed, with the call's options", async () => {
    const practice = await makePractice();
    let requests = 0;
    const counting: typeof fetch = (...about) => {
      requests += 1;
      return fetch(...about);
    };
    const { applicationId: id, applicationPassword: password, accountId } = practice;
    const directory = createDirectory({ url, application: { id, password }, fetch: counting });
    for (const name of ["A", "B", "C"]) await directory.organizationSave({ name }, { accountId });
    requests = 0;
    for await (const { name } of each(directory.organizationList, { limit: 1 }, { accountId })) if (name === "B") break;
    expect(requests).toBe(2);
  });
});

describe("a write with an idempotency key", () => {
  it("is carried out once although its answer was lost, and answers as if it had not been", async () => {
    const { applicationId: id, applicationPassword: password } = await makeVendor();
    let lost = 0;
    const losing: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      if (lost > 0) return response;
      lost += 1;
      throw new TypeError("the connection was closed");
    };
    const directory = createDirectory({ url, application: { id, password }, fetch: losing, wait: async () => {} });
    const created = await directory.practiceCreate({ accountId: "p1", name: "A" }, { idempotencyKey: "once" });
    expect([created.action, lost]).toEqual(["create", 1]);
    const events = await collect(each(directory.eventList, { accountId: "p1" }));
    expect(events.map(({ what }) => what)).toEqual(["practice.created"]);

    const other = directory.practiceCreate({ accountId: "p2", name: "B" }, { idempotencyKey: "once" });
    expect((await failureOf(other)).faults).toMatchObject([{ path: "Idempotency-Key" }]);
    const clinic = directory.as({ accountId: "p1" });
    const first = await clinic.organizationSave({ name: "A" }, { idempotencyKey: "twice" });
    expect(await clinic.organizationSave({ name: "A" }, { idempotencyKey: "twice" })).toEqual(first);
    const reused = await failureOf(clinic.organizationSave({ name: "B" }, { idempotencyKey: "twice" }));
    expect(reused).toMatchObject({ code: 422, hint: problemExplanations[422].remedy });
  });
});

describe("fields that were ignored", () => {
  it("are told to onIgnored, but not those of a record that is sent back", async () => {
    const { applicationId: id, applicationPassword: password } = await makeVendor();
    const told: unknown[] = [];
    const onIgnored = (ignored: unknown) => void told.push(ignored);
    const directory = createDirectory({ url, application: { id, password }, onIgnored });
    const misspelt = { accountId: "p1", name: "A", websiteAdress: "a", näme: 1 };
    await directory.practiceCreate(misspelt);
    const fields = ["websiteAdress", "näme"];
    expect(told.splice(0)).toEqual([{ operation: "PracticeCreate", fields }]);
    const clinic = directory.as({ accountId: "p1" });
    await clinic.organizationSave(Object.assign({ name: "A" }, { titel: "x" }));
    expect(told.splice(0)).toEqual([{ operation: "OrganizationSave", fields: ["titel"] }]);

    await clinic.userCreate({ userId: "u1", firstName: "Ada", lastName: "Mills" });
    await practiceSetActive(directory, "p1", false);
    await practiceSetActive(directory, "p1", true);
    await userSetActive(clinic, "u1", false);
    expect(told).toEqual([]);
  });
});

describe("failures", () => {
  it("of practices and users have the envelope's code, and each wrong field", async () => {
    const directory = clientOf(await makePractice());
    const taken = await failureOf(directory.practiceCreate({ accountId: "practice-1", name: "Again" }));
    expect(taken).toBeInstanceOf(FrontdeskError);
    expect(taken).toMatchObject({ operation: "PracticeCreate", code: 4130, status: 200, faults: [] });
    const help = `${url}/docs/errors.html#4130`;
    expect(taken.message).toBe(`PracticeCreate: 4130 account already exists. See ${help}`);
    expect(taken).toMatchObject({ help, hint: envelopeExplanations[4130].remedy });
    expect(taken.body).toEqual({ successful: false, responseMessage: "account already exists", responseCode: 4130 });
    expect([isFailure(taken, "PracticeCreate"), isFailure(taken, "UserCreate")]).toEqual([true, false]);

    const invalid = await failureOf(directory.practiceCreate({ accountId: "p2", name: "", phone: "secret" }));
    expect(invalid).toMatchObject({ code: 4060, status: 200 });
    expect(invalid.faults).toEqual([
      { path: "name", message: "is required" },
      { path: "phone", message: "must be exactly 10 digits" },
    ]);

    const alone = await failureOf(directory.practiceCreate({ accountId: "p2", name: "P", practiceNpi: "1" }));
    expect(alone.message).toBe(`PracticeCreate: 4251 invalid NPI. See ${url}/docs/errors.html#4251`);
    expect(alone.faults).toEqual([{ path: "practiceNpi", message: "must be a valid NPI" }]);
  });

  it("of therapists have the HTTP status, the request's id and each wrong field", async () => {
    const clinic = clinicOf(await makePractice());
    const unknown = await failureOf(clinic.practiceProfileGet({ userId: "nobody" }));
    expect(unknown).toMatchObject({ operation: "PracticeProfileGet", code: 404, status: 404, faults: [] });
    const help = `${url}/docs/errors.html#therapists-404`;
    expect(unknown.message).toBe(`PracticeProfileGet: 404 There is no such record. See ${help}`);
    expect(unknown).toMatchObject({ help, hint: problemExplanations[404].remedy });
    // The problem names the same page, relative to the API.
    expect(new URL((unknown.body as { type: string }).type, url).href).toBe(help);
    expect(unknown.requestId).toBe((unknown.body as { instance: string }).instance);
    // The other families state the id in the header only.
    expect((await failureOf(clinic.practiceCreate({ name: "Again" }))).requestId).toMatch(/^[0-9a-f-]{36}$/);

    const invalid = await failureOf(clinic.organizationList({ limit: 0 }));
    expect(invalid).toMatchObject({ code: 400, status: 400 });
    expect(invalid.faults).toEqual([{ path: "limit", message: "must be a whole number from 1 to 1000" }]);
    expect((await failureOf(clinic.organizationList({}, { accountId: "another" }))).code).toBe(401);
  });

  it("contain nothing that was sent", async () => {
    const directory = createDirectory({ url, application: { id: "nobody-here", password: "hunter2-hunter2" } });
    const errors = [
      await failureOf(directory.practiceCreate({ accountId: "a", name: "my own text" })),
      await failureOf(directory.as({ accountId: "b" }).organizationList()),
      await failureOf(directory.as({ accountId: "b" }).organizationSave({ name: "my own text" })),
    ];
    expect(errors.map(({ code }) => code)).toEqual([4010, 401, 401]);
    for (const error of errors) {
      const shown = `${error.stack} ${JSON.stringify(error)}`;
      for (const secret of ["hunter2", "nobody-here", btoa("nobody-here:hunter2-hunter2"), "my own text"]) {
        expect(shown).not.toContain(secret);
      }
    }
  });

  it("are a TypeError when the request cannot be sent", async () => {
    expect(() => createDirectory({ url: "localhost", application: { id: "a", password: "b" } })).toThrow(TypeError);
    const directory = clientOf(await makeVendor());
    const circular: Record<string, unknown> = { name: "A" };
    circular.metadata = circular;
    await expect(directory.practiceCreate(circular as { name: string })).rejects.toThrow(TypeError);
  });
});
