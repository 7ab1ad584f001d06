import { beforeAll, describe, expect, it } from "vitest";
import { accountItemOf, finishImage } from "../../kit/images.ts";
import { expectSuccess, type Holder, openPortal, type PortalClient, roles, type TestPortal } from "../../kit/portal.ts";
import { allItems, watchTable } from "../../kit/system.ts";
import { aTime, expectFault, expectResult, named, refused } from "./accounts-contract.ts";
import { describeAddress, describeCall, type Prepare } from "./suites.ts";

/** A call for the caller's own account. */
const call: Prepare = async (portal) => {
  const client = await portal.signedIn();
  return { client, path: "accounts/me/image", body: { content: "me.jpg" } };
};
describeCall("AccountPutImage", call);
describe("by id", () => {
  describeAddress("AccountPutImage", async (portal) => {
    const { client, path, body } = await call(portal);
    return { client, path: path.replace("me", (client as Holder).id), body };
  });
});

let portal: TestPortal;
let administrator: Holder;
let provider: Holder;
beforeAll(async () => {
  portal = await openPortal();
  administrator = await portal.signedIn([roles.administrator]);
  provider = await portal.signedIn([roles.provider]);
});

const begin = (client: PortalClient, id = "me", content: string | null = "me.jpg") =>
  client.put(`accounts/${id}/image`, { content });
const me = async (person: Holder) => (await person.get("accounts/me")).json;
const stored = ({ id }: Holder) => accountItemOf({ ...portal.practice, id });
const systemId = "000000000000000000000002";

/** The keys of the objects that are queued for deletion. */
async function queued(): Promise<string[]> {
  return (await allItems()).flatMap(({ type, objects }) => (type === "filesToDelete" ? (objects as string[]) : []));
}
/** The keys of all objects that an upload can have. */
const objectsOf = (uploadId: string | undefined) => [
  `uploads/${uploadId}`,
  `images/${uploadId}/content.jpg`,
  `images/${uploadId}/thumbnail.jpg`,
];

describe("200, the upload has begun", () => {
  it("answers the file object at state 0, and how to upload", async () => {
    const person = await portal.signedIn();
    const { status, json } = await begin(person);
    expect(status).toBe(200);
    const facet = { creator: person.id, location: 4, mime: "image/jpeg", state: 0 };
    const path = `/accounts/${person.id}/image`;
    const { uploads, ...image } = json;
    expect(image).toEqual({
      ...facet,
      name: "content",
      path: `${path}/content`,
      facets: [{ ...facet, name: "thumbnail", path: `${path}/thumbnail` }],
    });
    const { uploadId, uploadEndsAt } = (await stored(person)).image ?? {};
    expect(uploads).toEqual([
      {
        uploadUrl: "https://frontdesk-files.s3.us-east-1.amazonaws.com/",
        uploadMethod: "POST",
        fields: expect.arrayContaining([{ key: "key", value: `uploads/${uploadId}` }]),
        maxFileSize: 10_485_760,
        name: "content",
        filename: "me.jpg",
        expiresAt: new Date(uploadEndsAt ?? 0).toISOString(),
      },
    ]);
    expect(Object.keys(uploads[0])).toHaveLength(7);
  });
  it("gives 15 minutes for it", async () => {
    const person = await portal.signedIn();
    const now = new Date();
    const { json } = await person.put("accounts/me/image", { content: "me.jpg" }, { now });
    expect(json.uploads[0].expiresAt).toBe(new Date(+now + 15 * 60_000).toISOString());
  });
  it("stores for which account it is, under the id of the upload, for about a day", async () => {
    const person = await portal.signedIn();
    await begin(person);
    const { uploadId } = (await stored(person)).image ?? {};
    const item = (await allItems()).find(({ pk }) => pk === `UPLOAD#${uploadId}`);
    const { applicationId, accountId } = portal.practice;
    expect(item).toMatchObject({ type: "upload", applicationId, accountId, id: person.id });
    const seconds = Number(item?.expiresAt) - Date.now() / 1000;
    expect(seconds).toBeGreaterThan(86_000);
    expect(seconds).toBeLessThan(86_800);
  });
  it("shows the uploads in this answer only, and never to others", async () => {
    const person = await portal.signedIn();
    const { uploads: _, ...image } = await expectSuccess(begin(person));
    expect((await me(person)).image).toEqual(image);
    for (const client of [administrator, provider, portal.administrator]) {
      expect((await client.get(`accounts/${person.id}`)).json.image).toEqual(image);
    }
    expect((await expectSuccess(person.put("accounts/me", { gender: "f" }))).image).toEqual(image);
    expect((await expectSuccess(provider.put(`accounts/${person.id}`, { favorite: true }))).image).toEqual(image);
    const { email, password } = person;
    const login = { email, password };
    expect((await expectSuccess(portal.visitor().post("accounts/login", login))).image).toEqual(image);
  });
  it("keeps everything else of the account, and says who changed it", async () => {
    const person = await portal.signedIn();
    await expectSuccess(begin(person));
    const { image, updated, updater, ...rest } = await me(person);
    expect(rest).toEqual(person.account);
    expect(updated).toEqual(aTime);
    expect(updater._id).toBe(person.id);
  });
  it.each([
    ["an administrator", () => administrator, () => administrator.id],
    ["the practice's server", () => portal.administrator, () => systemId],
  ])("may be begun by %s for others, who are then its creator", async (_, client, creator) => {
    const person = await portal.signedIn();
    const image = await expectSuccess(begin(client(), person.id));
    expect(image).toMatchObject({ creator: creator(), facets: [{ creator: creator() }] });
    const { updater } = await me(person);
    expect(updater).toEqual({ _id: creator(), object: "account", path: `/accounts/${creator()}` });
  });
  it("replaces the image from before, whose objects are queued for deletion", async () => {
    const person = await portal.signedIn();
    await expectSuccess(begin(person));
    await finishImage({ ...portal.practice, id: person.id });
    const { image: before } = await stored(person);
    await expectSuccess(begin(person, "me", "other.png"));
    const { image: after } = await stored(person);
    expect(after).toMatchObject({ state: 0, filename: "other.png" });
    expect(after?.uploadId).not.toBe(before?.uploadId);
    expect(after).not.toHaveProperty("content");
    const objects = await queued();
    expect(objects).toEqual(expect.arrayContaining(objectsOf(before?.uploadId)));
    expect(objects).not.toEqual(expect.arrayContaining(objectsOf(after?.uploadId)));
  });
  it("queues the deletion with an end after seven days", async () => {
    const person = await portal.signedIn();
    await begin(person);
    const { image } = await stored(person);
    await begin(person);
    const objects = objectsOf(image?.uploadId);
    const item = (await allItems()).find((each) =>
      (each.objects as string[] | undefined)?.includes(String(objects[0])),
    );
    expect(item).toMatchObject({ type: "filesToDelete", objects, pk: expect.stringMatching(/^FILES#[0-9a-f]{24}$/) });
    expect(Number(item?.expiresAt) - Date.now() / 1000).toBeGreaterThan(7 * 86_400 - 60);
  });
  it.each(["x y", "ä".repeat(255), "🙂".repeat(255), "../../etc/passwd", 'a"b\\c.jpg'])(
    "takes any name for the file, which the form does not contain: %s",
    async (content) => {
      const person = await portal.signedIn();
      const { uploads } = await expectSuccess(begin(person, "me", content));
      expect(uploads[0].filename).toBe(content);
      expect(uploads[0].fields.filter(({ value }: { value: string }) => value.includes(content))).toEqual([]);
    },
  );
});

describe("200, the image is removed", () => {
  it("with null as its content: nobody sees it, and its objects are queued for deletion", async () => {
    const person = await portal.signedIn();
    await expectSuccess(begin(person));
    await finishImage({ ...portal.practice, id: person.id });
    const { image } = await stored(person);
    expectResult(await begin(person, "me", null));
    expect(await me(person)).not.toHaveProperty("image");
    expect((await stored(person)).image).toBeUndefined();
    expect(await queued()).toEqual(expect.arrayContaining(objectsOf(image?.uploadId)));
    expectFault(await person.get("accounts/me/image"), "kNotFound");
  });
  it("also if there is none", async () => {
    const person = await portal.signedIn();
    const before = await queued();
    expectResult(await begin(person, "me", null));
    expect(await queued()).toEqual(before);
  });
});

it("an image that was answered may be sent back, and stays as it is", async () => {
  const person = await portal.signedIn();
  const { uploads: _, ...image } = await expectSuccess(begin(person));
  const { image: before } = await stored(person);
  expect(await expectSuccess(person.put("accounts/me/image", image))).toEqual(image);
  expect((await stored(person)).image).toEqual(before);
});

describe(named("kAccessDenied"), () => {
  it("is what a provider is answered for somebody else's image, whether they would set or remove it", async () => {
    const person = await portal.signedIn();
    await begin(person);
    for (const content of ["me.jpg", null]) {
      await refused("kAccessDenied", () => begin(provider, person.id, content), [["kAccessDenied", "account.image"]]);
    }
  });
});

describe(named("kNotFound"), () => {
  it("is one answer for an account that the caller may not know of and for one that never was", async () => {
    const [person, other] = [await portal.signedIn(), await portal.signedIn()];
    for (const content of ["me.jpg", ""]) {
      const hidden = await refused("kNotFound", () => begin(other, person.id, content));
      const never = await refused("kNotFound", () => begin(other, "0123456789abcdef01234567", content));
      expect(hidden.text).toBe(never.text);
    }
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is what application credentials are told of me", async () => {
    await refused("kNotLoggedIn", () => begin(portal.administrator));
  });
});

describe(named("kValidationError"), () => {
  it.each([
    ["kInvalidString", "account.image.content", ""],
    ["kInvalidString", "account.image.content", " \u200b"],
    ["kInvalidString", "account.image.content", "x".repeat(256)],
    ["kInvalidString", "account.image.content", "a\nb.jpg"],
    ["kInvalidString", "account.image.content", 7],
    ["kInvalidString", "account.image.content", {}],
    ["kInvalidString", "account.image.content", ["me.jpg"]],
    ["kInvalidFormat", "account.image", undefined],
  ] as const)("with %s at %s for the content %j", async (code, path, content) => {
    const person = await portal.signedIn();
    await refused("kValidationError", () => person.put("accounts/me/image", { content }), [[code, path]]);
  });
});

describe(named("kInvalidArgument"), () => {
  it("names an unknown property", async () => {
    const person = await portal.signedIn();
    const body = { content: "me.jpg", size: 7 };
    const { json } = await refused("kInvalidArgument", () => person.put("accounts/me/image", body));
    expect(json.reason).toBe("Unknown property: image.size");
  });
  it.each(["null", "[]", '"me.jpg"'])("%s is not a body", async (body) => {
    const person = await portal.signedIn();
    const { status } = await person.put("accounts/me/image", body);
    expect(status).toBe(400);
    expect(await me(person)).not.toHaveProperty("image");
  });
});

it("another verb is 405, and says which there are", async () => {
  const { status, headers } = await administrator.send("DELETE", "accounts/me/image");
  expect([status, headers.allow]).toEqual([405, "PUT, GET, HEAD"]);
});

describe("simultaneous calls", () => {
  it("fifty uploads at once: each is answered, one is the account's, and the objects of all others are deleted", async () => {
    const person = await portal.signedIn();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, place) => begin(place % 2 ? person : portal.administrator, person.id, `${place}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const keys = answers.map(({ json }) => json.uploads[0].fields[0].value as string);
    expect(new Set(keys).size).toBe(50);
    const { image } = await stored(person);
    expect(keys).toContain(`uploads/${image?.uploadId}`);
    const deleted = (await queued()).filter((key) => keys.includes(key));
    expect(deleted.toSorted()).toEqual(keys.filter((key) => key !== `uploads/${image?.uploadId}`).toSorted());
  });
  it("an upload and changes of other properties all survive", async () => {
    const person = await portal.signedIn();
    await Promise.all([
      expectSuccess(begin(person)),
      ...Array.from({ length: 10 }, (_, place) => expectSuccess(person.put("accounts/me", { [`c_${place}x`]: place }))),
    ]);
    const after = await me(person);
    expect(after.image.state).toBe(0);
    for (let place = 0; place < 10; place++) expect(after[`c_${place}x`]).toBe(place);
  });
  it("removals and uploads at once leave the objects of at most one upload", async () => {
    const person = await portal.signedIn();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) => begin(person, "me", place % 2 ? "me.jpg" : null)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const keys = answers.flatMap(({ json }) => json.uploads?.[0].fields[0].value ?? []);
    const { image } = await stored(person);
    const deleted = (await queued()).filter((key) => keys.includes(key));
    expect(deleted).toHaveLength(new Set(deleted).size);
    expect(new Set([...deleted, ...(image ? [`uploads/${image.uploadId}`] : [])])).toEqual(new Set(keys));
  });
});

it("the event names the image, and neither the file nor the upload", async () => {
  const person = await portal.signedIn();
  const { requests } = await watchTable(() => begin(person, "me", "a private name.jpg"));
  const [transaction] = requests.filter(({ command }) => command.startsWith("TransactWrite"));
  const events = transaction?.input.TransactItems.flatMap((part: { Put?: { Item: { type: string } } }) =>
    part.Put?.Item.type === "event" ? part.Put.Item : [],
  );
  expect(events).toEqual([expect.objectContaining({ what: "account.updated", changed: ["image"] })]);
  expect(JSON.stringify(events)).not.toContain("private");
});
