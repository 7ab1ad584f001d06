import { beforeAll, describe, expect, it } from "vitest";
import { pictures } from "../../../openapi/samples.ts";
import { beginImage, finishImage, refusal, refuseImage } from "../../kit/images.ts";
import {
  expectSuccess,
  type Holder,
  openClient,
  openPortal,
  type PortalClient,
  roles,
  type TestPortal,
} from "../../kit/portal.ts";
import { roundTrips, watchTable } from "../../kit/system.ts";
import { expectFault, named, refused } from "./accounts-contract.ts";
import { describeAddress, describeCall, type Prepare } from "./suites.ts";

const json = { accept: "application/json" };

/** Somebody with an image that is ready. */
async function withImage(portal: TestPortal): Promise<Holder> {
  const person = await portal.signedIn();
  await expectSuccess(person.put("accounts/me/image", { content: "me.jpg" }));
  await finishImage({ ...portal.practice, id: person.id });
  return person;
}

/** A call for the caller's own picture, by a program that wants JSON. */
const call: Prepare = async (portal) => {
  const person = await withImage(portal);
  const client = openClient(portal.org, { "medable-client-key": portal.clientKey, ...json });
  for (const [name, value] of person.cookies) client.cookies.set(name, value);
  return { client: Object.assign(client, { id: person.id }), path: "accounts/me/image/content" };
};
describeCall("AccountGetImage", call);
describe("by id", () => {
  describeAddress("AccountGetImage", async (portal) => {
    const { client, path } = await call(portal);
    return { client, path: path.replace("me", (client as Holder).id) };
  });
});

let portal: TestPortal;
let person: Holder;
let provider: Holder;
beforeAll(async () => {
  portal = await openPortal();
  person = await withImage(portal);
  provider = await portal.signedIn([roles.provider]);
});
const facets = ["content", "thumbnail"] as const;

describe("302", () => {
  it.each(facets)("leads to the %s, for five minutes, and neither is kept", async (facet) => {
    const { status, headers } = await person.get(`accounts/me/image/${facet}`);
    expect(status).toBe(302);
    const { origin, pathname, searchParams } = new URL(String(headers.location));
    expect(origin).toBe("https://frontdesk-files.s3.us-east-1.amazonaws.com");
    expect(pathname).toMatch(new RegExp(`^/images/[0-9a-f]{24}/${facet}\\.jpg$`));
    expect(searchParams.get("X-Amz-Expires")).toBe("300");
    expect(searchParams.get("response-content-type")).toBe("image/jpeg");
    expect(searchParams.get("response-content-disposition")).toBe(`inline; filename="${facet}.jpg"`);
    expect(headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
  });
  it("is answered to HEAD too, without a body", async () => {
    const { status, headers, text } = await person.send("HEAD", "accounts/me/image/thumbnail");
    expect([status, text]).toEqual([302, ""]);
    expect(headers.location).toMatch(/thumbnail\.jpg\?/);
  });
  it.each([
    undefined,
    "*/*",
    "image/avif,image/webp,*/*;q=0.8",
    "text/html",
    "application/jsonlines",
    "x-application/json",
  ])("is answered to Accept: %s", async (accept) => {
    expect((await person.get("accounts/me/image/content", { headers: { accept } })).status).toBe(302);
  });
  it("is answered to a provider, an administrator and the practice's server", async () => {
    for (const client of [provider, await portal.signedIn([roles.administrator]), portal.administrator]) {
      expect((await client.get(`accounts/${person.id}/image/content`)).status).toBe(302);
    }
  });
  it("takes two round trips, like every read", async () => {
    const { requests } = await watchTable(() => person.get("accounts/me/image/content"));
    expect(roundTrips(requests)).toBe(2);
  });
});

describe("200", () => {
  it.each(facets)("tells programs the %s with its address", async (facet) => {
    const { status, headers, json: body } = await person.get(`accounts/me/image/${facet}`, { headers: json });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("location");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    const { etag, ...size } = pictures[facet];
    expect(body).toEqual({
      ETag: etag,
      ...size,
      creator: person.id,
      location: 4,
      mime: "image/jpeg",
      name: facet,
      path: `/accounts/${person.id}/image/${facet}`,
      state: 2,
      url: expect.stringMatching(
        /^https:\/\/frontdesk-files\.s3\.us-east-1\.amazonaws\.com\/images\/.*X-Amz-Signature=/,
      ),
    });
  });
  it.each(["application/json, text/plain, */*", "text/html,application/json;q=0.9", "APPLICATION/JSON"])(
    "is answered to Accept: %s",
    async (accept) => {
      expect((await person.get("accounts/me/image/content", { headers: { accept } })).status).toBe(200);
    },
  );
  it("answers other names as properties of the image", async () => {
    expect((await person.get("accounts/me/image/state")).json).toEqual({ object: "result", data: 2 });
    expect((await person.get("accounts/me/image/width/")).json).toEqual({ object: "result", data: 622 });
    const { json: list } = await person.get("accounts/me/image/facets");
    expect(list).toMatchObject({ object: "list", data: [{ name: "thumbnail", width: 160, height: 160 }] });
  });
});

describe("the client key in the query", () => {
  const inQuery = (client: PortalClient, key: string, path = "accounts/me/image/thumbnail") =>
    client.get(`${path}?client_key=${key}`, { headers: { "medable-client-key": undefined } });
  it("is as good as the header, because an <img> has no headers", async () => {
    expect((await inQuery(person, portal.clientKey)).status).toBe(302);
  });
  it("needs the session's cookie all the same", async () => {
    await refused("kNotLoggedIn", () => inQuery(portal.visitor(), portal.clientKey));
  });
  it.each(["", "NobodysKey000000000000", "x", "%F0%9F%99%82"])("is refused when it is %j", async (key) => {
    await refused("kAccessDenied", () => inQuery(person, key));
  });
  it("is refused when it is another vendor's, or comes twice or as an object", async () => {
    const { clientKey } = await openPortal();
    await refused("kAccessDenied", () => inQuery(person, clientKey));
    await refused("kAccessDenied", () => inQuery(person, `${portal.clientKey}&client_key=${portal.clientKey}`));
    const headers = { "medable-client-key": undefined };
    const path = `accounts/me/image/content?client_key[x]=${portal.clientKey}`;
    await refused("kAccessDenied", () => person.get(path, { headers }));
  });
  it("does not count where there is a header", async () => {
    const path = `accounts/me/image/content?client_key=${portal.clientKey}`;
    const headers = { "medable-client-key": "NobodysKey000000000000" };
    await refused("kAccessDenied", () => person.get(path, { headers }));
  });
  it.each(["accounts/me", "accounts", "accounts/me/name/first", "accounts/me/image", "accounts/status"])(
    "counts for pictures only, not for %s",
    async (path) => {
      await refused("kAccessDenied", () => inQuery(person, portal.clientKey, path));
    },
  );
});

describe(named("kMediaNotReady"), () => {
  it.each(facets)("is answered for the %s while the upload is awaited or processed", async (facet) => {
    const waiting = await portal.signedIn();
    await expectSuccess(waiting.put("accounts/me/image", { content: "me.jpg" }));
    await refused("kMediaNotReady", () => waiting.get(`accounts/me/image/${facet}`));
    await beginImage({ ...portal.practice, id: waiting.id });
    await refused("kMediaNotReady", () => waiting.get(`accounts/me/image/${facet}`, { headers: json }));
    expect((await waiting.get("accounts/me/image/state")).json.data).toBe(1);
  });
  it("is answered when a new upload has begun: the picture from before is gone", async () => {
    const again = await withImage(portal);
    await expectSuccess(again.put("accounts/me/image", { content: "other.jpg" }));
    await refused("kMediaNotReady", () => again.get("accounts/me/image/content"));
  });
});

describe(named("kNotFound"), () => {
  it("is answered where there is no image, and for other names", async () => {
    const nobody = await portal.signedIn();
    for (const name of [...facets, "state", "other"]) {
      await refused("kNotFound", () => nobody.get(`accounts/me/image/${name}`));
    }
    for (const name of ["other", "Content", "content.jpg", "__proto__", "constructor", "%2e%2e"]) {
      await refused("kNotFound", () => person.get(`accounts/me/image/${name}`));
    }
  });
  it("says why the file could not be used, if that is the reason", async () => {
    const unlucky = await portal.signedIn();
    await expectSuccess(unlucky.put("accounts/me/image", { content: "me.jpg" }));
    await refuseImage({ ...portal.practice, id: unlucky.id });
    for (const facet of facets) {
      const { json: fault } = await refused("kNotFound", () => unlucky.get(`accounts/me/image/${facet}`));
      expect(fault.reason).toBe(refusal);
    }
    expect((await unlucky.get("accounts/me/image")).json.data).toMatchObject({ state: 3, reason: refusal });
  });
  it("is one answer for an account that the caller may not see and for one that never was", async () => {
    const stranger = await portal.signedIn();
    const hidden = await refused("kNotFound", () => stranger.get(`accounts/${person.id}/image/content`));
    const never = await refused("kNotFound", () => stranger.get("accounts/0123456789abcdef01234567/image/content"));
    expect(hidden.text).toBe(never.text);
  });
  it("is answered at another portal of the same vendor", async () => {
    const sibling = await openPortal({}, {}, portal.practice);
    expectFault(await sibling.administrator.get(`accounts/${person.id}/image/content`), "kNotFound");
  });
});

describe(named("kNotLoggedIn"), () => {
  it("is what application credentials are told of me", async () => {
    await refused("kNotLoggedIn", () => portal.administrator.get("accounts/me/image/content"));
  });
});
