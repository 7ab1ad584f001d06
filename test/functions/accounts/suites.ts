import { beforeAll, describe, expect, it } from "vitest";
import { type OperationId, rowOf } from "../../../lib/operations.ts";
import {
  applicationHeaders,
  minutesAfter,
  openClient,
  openPortal,
  type PortalClient,
  type TestPortal,
} from "../../kit/portal.ts";
import { call, changeVendor, expectOk, makePractice, type Response } from "../../kit/system.ts";
import { expectFault, named, refused } from "./accounts-contract.ts";
import { bracketed, bracketedType } from "./bracketed.ts";

/** A call that succeeds, and the client that sends it. */
export interface Scene {
  readonly client: PortalClient;
  /** In a form that `send` accepts. */
  readonly path: string;
  readonly body?: unknown;
}

/** Makes a new scene. */
export type Prepare = (portal: TestPortal) => Promise<Scene>;

const allowedOrigin = "https://app.example.com";
const otherOrigins = ["https://app.example.com.evil.example", "http://app.example.com", "https://example.com", "null"];
const corsHeaders = {
  "access-control-allow-origin": allowedOrigin,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "Medable-Csrf-Token, Frontdesk-Request-Id, Idempotent-Replayed, Retry-After",
};
function expectNoCors({ headers }: Response): void {
  expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  expect(headers.vary).toBe("Origin");
}

/** Tests that a call works at its address with and without the version. */
export function describeAddress(id: OperationId, prepare: Prepare): void {
  const hasBoth = rowOf(id).paths.some((path) => !path.startsWith("/{org}/v2/"));
  it.each([["/{org}/v2/…", true] as const, ...(hasBoth ? [["/{org}/…", false] as const] : [])])(
    "is at %s",
    async (_, versioned) => {
      const { client, path, body } = await prepare(await openPortal());
      expectSuccess(await client.send(rowOf(id).method, path, { body, versioned }));
    },
  );
}

/** The operations that are tested with every wrong value: one of each portal tier. */
const triedWithAll: readonly OperationId[] = ["AccountLogin", "AccountVerify", "AccountPut"];

/** Tests what all portal operations have in common: address, transport, credentials, session and CSRF token. */
export function describeCall(id: OperationId, prepare: Prepare): void {
  const { method, tier } = rowOf(id);
  const writes = method !== "GET";
  let portal: TestPortal;
  /** For calls that are refused and so change nothing. */
  let scene: Scene;
  /** The portal of a practice that was deactivated, and a scene that was prepared before. */
  let closed: TestPortal;
  let atClosed: Scene;
  /** The portal of a vendor that was disabled, and a scene that was prepared before. */
  let disabled: TestPortal;
  let atDisabled: Scene;
  beforeAll(async () => {
    [portal, closed, disabled] = await Promise.all([
      openPortal({ allowedOrigins: [allowedOrigin] }),
      openPortal(),
      openPortal(),
    ]);
    [scene, atClosed, atDisabled] = [await prepare(portal), await prepare(closed), await prepare(disabled)];
    const { practice: auth, org: websiteAddress } = closed;
    await expectOk(call("PracticeUpdate", { auth, name: "Closed", websiteAddress, active: false }));
    await changeVendor(disabled.practice, (vendor) => ({ ...vendor, disabled: true }));
  });
  /**
   * All operations of a tier use the same stack. So one of them is tested with every wrong value, and the others with the
   * first value only.
   */
  const few = <T>(values: readonly T[]): readonly T[] => (triedWithAll.includes(id) ? values : values.slice(0, 1));
  const ask = ({ client, path, body }: Scene, options: Parameters<PortalClient["send"]>[2] = {}) =>
    client.send(method, path, { body, ...options });

  describeAddress(id, prepare);

  describe("transport", () => {
    it("lets a page of an allowed origin read a success, and a fault", async () => {
      const headers = { origin: allowedOrigin };
      const success = await ask(await prepare(portal), { headers });
      expectSuccess(success);
      expect(success.headers).toMatchObject({ ...corsHeaders, vary: "Origin" });
      const fault = await ask(scene, { headers: { ...headers, "medable-client-key": undefined } });
      expectFault(fault, "kAccessDenied");
      expect(fault.headers).toMatchObject({ ...corsHeaders, vary: "Origin" });
    });
    it("lets pages of other origins read neither", async () => {
      const fresh = await prepare(portal);
      for (const origin of otherOrigins) {
        const fault = await ask(scene, { headers: { origin, "medable-client-key": undefined } });
        expectNoCors(fault);
      }
      const success = await ask(fresh, { headers: { origin: otherOrigins[0] } });
      expectSuccess(success);
      expectNoCors(success);
    });
  });

  if (writes) describeBody();

  describe(named("kAccessDenied"), () => {
    it("is the same answer for every portal and client key that do not match, and writes nothing", async () => {
      const stranger = await openPortal();
      const withKey = (key: string | undefined) => () => ask(scene, { headers: { "medable-client-key": key } });
      const attempts = {
        "an unknown key": withKey("GsAqlhnIMzrDeD8V2MBQWq"),
        "an invalid key": withKey("x#y"),
        "another vendor's key": withKey(stranger.clientKey),
        "an inactive practice": () => ask(atClosed),
        "a disabled vendor": () => ask(atDisabled),
      };
      const bodies = new Set<string>();
      for (const [what, attempt] of Object.entries(attempts)) {
        const response = await refused("kAccessDenied", attempt);
        expect(response.cookies, what).toEqual([]);
        bodies.add(response.text + JSON.stringify(response.headers));
      }
      expect(bodies.size).toBe(1);
    });
    it("says that no client key was sent, no matter what else is wrong", async () => {
      for (const key of [undefined, ""]) {
        for (const scene of [await prepare(portal), atClosed]) {
          const { json } = await refused("kAccessDenied", () => ask(scene, { headers: { "medable-client-key": key } }));
          expect(json.reason).toBe("Send the vendor's client key in a Medable-Client-Key header");
        }
      }
    });
    it.each(few(["unknown", "Portal-1", "por%23tal", "%20", "a".repeat(200)]))(
      "is the same answer for a portal that does not exist: %s",
      async (org) => {
        const { path, body } = scene;
        const client = openClient(org, { "medable-client-key": portal.clientKey });
        const response = await refused("kAccessDenied", () => client.send(method, path, { body }));
        const known = await refused("kAccessDenied", () =>
          ask(scene, { headers: { "medable-client-key": "GsAqlhnIMzrDeD8V2MBQWq" } }),
        );
        expect(response.text).toBe(known.text);
        // Regression: `Vary` differed between portals that exist and portals that do not.
        expect(response.headers).toEqual(known.headers);
      },
    );
    it("is the same answer for every kind of wrong application credentials", async () => {
      const { path, body } = scene;
      const { practice } = portal;
      const { applicationId, applicationPassword, accountId } = practice;
      const sibling = await makePractice({ accountId: `sibling-of-${accountId}` }, practice);
      const stranger = await makePractice({ accountId: `stranger-to-${accountId}` });
      const known = await refused("kAccessDenied", () =>
        ask(scene, { headers: { "medable-client-key": "GsAqlhnIMzrDeD8V2MBQWq" } }),
      );
      for (const { administrator } of [closed, disabled]) {
        const response = await refused("kAccessDenied", () => administrator.send(method, path, { body }));
        expect(response.text).toBe(known.text);
      }
      for (const wrong of [
        { applicationId: "unknown", applicationPassword, accountId },
        { applicationId, applicationPassword: "wrong", accountId },
        { applicationId, applicationPassword: "", accountId },
        { applicationId, applicationPassword, accountId: "unknown" },
        sibling,
        stranger,
        { ...stranger, accountId },
      ]) {
        const response = await refused("kAccessDenied", () =>
          portal.visitor().send(method, path, { body, headers: applicationHeaders(wrong) }),
        );
        expect(response.text).toBe(known.text);
      }
    });
  });

  if (tier === "session") describeSession();
  if (writes && tier !== "portal") describeCsrf();
  if (writes && tier === "portal") {
    it("ignores a stale CSRF token and a session, because clients send them anyway", async () => {
      const other = await portal.signedIn();
      const fresh = await prepare(portal);
      const sid = other.cookies.get("md.sid") as string;
      fresh.client.cookies.set("md.sid", sid);
      expectSuccess(await ask(fresh, { headers: { "medable-csrf-token": "stale" } }));
      // Signing in ends the session that the browser has.
      const endsIt = id === "AccountLogin" || id === "AccountRegister";
      expect((await other.get("accounts/me")).json._id).toBe(endsIt ? undefined : other.id);
    });
  }

  function describeBody() {
    describe("body", () => {
      it("is taken as JSON and as bracketed names", async () => {
        expectSuccess(
          await ask(await prepare(portal), { headers: { "content-type": "application/json; charset=utf-8" } }),
        );
        const fresh = await prepare(portal);
        const body = bracketed(fresh.body ?? {});
        expectSuccess(await ask(fresh, { body, headers: { "content-type": bracketedType } }));
      });
      it.each(few(["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonp", "json"]))(
        `${named("kInvalidArgument")}: is not taken as %s`,
        async (contentType) => {
          const headers = { "content-type": contentType };
          await refused("kInvalidArgument", () => ask(scene, { body: JSON.stringify(scene.body ?? {}), headers }));
        },
      );
      it.each(few(["{", '{"a":}', "null", '"text"', "5", "\u0000", Buffer.from([0xff, 0xfe, 0x7b])]))(
        `${named("kInvalidArgument")}: %j is not a JSON object`,
        async (body) => {
          await refused("kInvalidArgument", () => ask(scene, { body }));
        },
      );
      it(`${named("kRequestTooLarge")}: has at most 256 KiB`, async () => {
        const padded = (bytes: number) => {
          const text = JSON.stringify(scene.body ?? {});
          return text + " ".repeat(bytes - Buffer.byteLength(text));
        };
        await refused("kRequestTooLarge", () => ask(scene, { body: padded(256 * 1024 + 1) }));
        const fresh = await prepare(portal);
        const body = JSON.stringify(fresh.body ?? {});
        expectSuccess(await ask(fresh, { body: body + " ".repeat(256 * 1024 - Buffer.byteLength(body)) }));
      });
    });
  }

  function describeSession() {
    describe(named("kNotLoggedIn"), () => {
      const cookies = [
        ["no cookie", undefined],
        ["an empty cookie", ""],
        ["a cookie that was never issued", "A".repeat(43)],
        ["an invalid cookie", "../../../etc/passwd"],
      ] as const;
      it.each(few(cookies))("refuses %s", async (_, sid) => {
        const { path, body } = scene;
        const client = portal.visitor();
        if (sid !== undefined) client.cookies.set("md.sid", sid);
        const response = await refused("kNotLoggedIn", () => client.send(method, path, { body }));
        expect(response.cookies).toEqual([]);
      });
      it("refuses a session of another portal, even of the same vendor", async () => {
        const sibling = await openPortal({}, {}, portal.practice);
        const { path, body } = scene;
        const client = sibling.visitor();
        client.cookies.set("md.sid", scene.client.cookies.get("md.sid") as string);
        client.csrf = scene.client.csrf;
        await refused("kNotLoggedIn", () => client.send(method, path, { body }));
      });
    });
    describe(named("kSessionExpired"), () => {
      it("refuses a session that has timed out", async () => {
        await refused("kSessionExpired", () => ask(scene, { now: minutesAfter(new Date(), 16) }));
      });
    });
  }

  function describeCsrf() {
    describe(named("kCSRFTokenMismatch"), () => {
      const forgeries: readonly [string, (token: string) => string | undefined][] = [
        ["no token", () => undefined],
        ["an empty token", () => ""],
        ["a wrong token", () => "0".repeat(64)],
        ["a shortened token", (token) => token.slice(0, -1)],
        ["a lengthened token", (token) => `${token}0`],
      ];
      it.each(few(forgeries))("refuses %s", async (_, forge) => {
        const signedIn = await withSession();
        const token = forge(String(signedIn.client.csrf));
        await refused("kCSRFTokenMismatch", () => ask(signedIn, { headers: { "medable-csrf-token": token } }));
      });
      it("refuses the token of another session", async () => {
        const signedIn = await withSession();
        const me = (await signedIn.client.get("accounts/me")).json;
        expect(me.object).toBe("account");
        const other = await portal.signedIn();
        const headers = { "medable-csrf-token": String(other.csrf) };
        await refused("kCSRFTokenMismatch", () => ask(signedIn, { headers }));
      });
    });
  }

  /** The scene, with a session. */
  async function withSession(): Promise<Scene> {
    if (scene.client.cookies.has("md.sid")) return scene;
    return { ...scene, client: await portal.signedIn() };
  }
}

/** Asserts what all successes have in common. */
function expectSuccess(response: Response): void {
  expect(response.text).not.toContain('"fault"');
  expect(response.status).toBe(200);
  expect(response.headers).toMatchObject({
    "cache-control": "no-store",
    "content-type": expect.stringMatching(/^application\/json\b/),
  });
}
