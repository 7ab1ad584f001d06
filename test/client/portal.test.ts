import { describe, expect, it, vi } from "vitest";
import { createPortal, FrontdeskError, isFailure, type Portal, type PortalState } from "../../client/src/client.ts";
import { finishImage } from "../kit/images.ts";
import { sentMessages } from "../kit/outside.ts";
import { codeIn, freshEmail, openPortal, password, roles, type TestPortal, tokenIn } from "../kit/portal.ts";
import { url } from "./served.ts";

const person = () => ({
  name: { first: "Grace", last: "Oak" },
  email: freshEmail(),
  mobile: "650-555-5555",
  password,
});
/** A client of a portal, and the requests that it has sent. */
function clientOf({ org, clientKey }: TestPortal, state?: PortalState) {
  const requests: string[] = [];
  const watching: typeof fetch = (target, init) => {
    requests.push(`${init?.method} ${String(target).replace(`${url}/${org}/v2`, "")}`);
    return fetch(target, init);
  };
  return { portal: createPortal({ url, org, clientKey, state, fetch: watching }), requests };
}
const failureOf = (pending: Promise<unknown>): Promise<FrontdeskError> =>
  pending.then(
    () => {
      throw new Error("expected a failure");
    },
    (error: unknown) => {
      if (isFailure(error)) return error;
      throw error;
    },
  );
/** Signs a new account in. Returns its client and the client's state. */
async function signedIn(at: TestPortal): Promise<{ portal: Portal; email: string; id: string; state: PortalState }> {
  const { portal } = clientOf(at);
  const { email = "", _id: id } = await portal.accountRegister(person());
  return { portal, email, id, state: portal.state() };
}

describe("a session", () => {
  it("is kept from sign-in to sign-out: its cookies, and the CSRF token for writes", async () => {
    const { portal, requests } = clientOf(await openPortal());
    const grace = person();
    const { _id } = await portal.accountRegister(grace);
    expect(await portal.accountStatus()).toMatchObject({ loggedin: true, account: { _id } });
    expect(await portal.accountLogout()).toEqual({ object: "result", data: true });
    expect(Object.keys(portal.state().cookies)).toEqual(["md.fingerprint"]);
    const failure = await failureOf(portal.accountGet({ id: "me" }));
    expect(failure.code).toBe("kNotLoggedIn");
    expect(failure.requestId).toMatch(/^[0-9a-f-]{36}$/);

    expect((await portal.accountLogin({ email: grace.email, password })).access).toBe(6);
    expect((await portal.accountGet({ id: "me" }))._id).toBe(_id);
    const put = await portal.accountPut({ id: "me", body: { name: { first: "Augusta" }, c_colour: "blue" } });
    expect(put).toMatchObject({ name: { first: "Augusta", last: "Oak" }, c_colour: "blue" });
    const patch = [{ op: "set", path: "/tz", value: "UTC" }] as const;
    expect((await portal.accountPatch({ id: "me", body: patch })).tz).toBe("UTC");
    const first = { object: "result", data: "Augusta" };
    expect(await portal.accountGetProperty({ id: "me", property: "name/first" })).toEqual(first);
    const listed = await portal.accountList({
      "paths[]": ["tz", "name.last"],
      where: JSON.stringify({ _id }),
      limit: 5,
    });
    expect(listed.data).toEqual([{ _id, object: "account", tz: "UTC", name: { last: "Oak" } }]);
    expect(
      (await portal.accountUpdatePassword({ current: password, password: "seven lilac anvils" })).data.secret,
    ).toMatch(/^[A-Za-z0-9]{32}$/);
    await portal.accountLogout();
    expect(await portal.accountStatus()).toEqual({ loggedin: false });
    expect(requests).toContain("GET /accounts/me/name/first");
    // The client sent no additional requests.
    expect(requests).toHaveLength(13);
  });

  it("offers, accepts, changes and ends connections", async () => {
    const at = await openPortal();
    const [context, target] = [await signedIn(at), await signedIn(at)];
    const targets = [{ email: target.email, access: 4 }] as const;
    const { data } = await context.portal.connectionCreate({ id: "me", body: { targets } });
    const { _id: connection } = data[0] as { _id: string };
    const token = tokenIn((await sentMessages(target.email))[0]);
    expect((await target.portal.connectionGet({ connection: token })).state).toBe(0);
    expect((await target.portal.connectionAccept({ connection: token })).state).toBe(1);
    expect((await target.portal.accountGet({ id: context.id })).access).toBe(4);
    expect((await context.portal.connectionPatch({ connection, body: { access: 2 } })).access).toBe(2);
    expect((await target.portal.connectionList({})).data).toHaveLength(1);
    expect(await target.portal.connectionDelete({ connection })).toEqual({ object: "result", data: true });
    expect((await failureOf(target.portal.accountGet({ id: context.id }))).code).toBe("kNotFound");
  });
  it("continues in another client with its state, also after the state was stored as JSON", async () => {
    const at = await openPortal();
    const { id, state } = await signedIn(at);
    expect(Object.keys(state.cookies).sort()).toEqual(["md.fingerprint", "md.sid"]);
    expect(state.csrfToken).toMatch(/^[0-9a-f]{64}$/);
    const { portal, requests } = clientOf(at, JSON.parse(JSON.stringify(state)));
    expect((await portal.accountPut({ id: "me", body: { locale: "en_US" } }))._id).toBe(id);
    expect(requests).toEqual(["PUT /accounts/me"]);
  });

  it("is not shared between clients", async () => {
    const at = await openPortal();
    const { portal: other } = clientOf(at);
    await signedIn(at);
    expect(other.state()).toEqual({ cookies: {} });
    expect(await other.accountStatus()).toEqual({ loggedin: false });
  });

  it("continues in a client that has lost the CSRF token, also with several writes at once", async () => {
    const at = await openPortal();
    const { state } = await signedIn(at);
    const { portal, requests } = clientOf(at, { cookies: state.cookies });
    const names = ["c_a", "c_b", "c_c", "c_d", "c_e"];
    await Promise.all(names.map((name) => portal.accountPut({ id: "me", body: { [name]: name } })));
    const account = await portal.accountGet({ id: "me" });
    expect(names.map((name) => account[name as "c_a"])).toEqual(names);
    expect(portal.state().csrfToken).toBe(state.csrfToken);
    expect(requests.slice(0, -1).sort()).toEqual([
      ...names.map(() => "GET /accounts/status"),
      ...names.flatMap(() => ["PUT /accounts/me", "PUT /accounts/me"]),
    ]);
  });

  it("of somebody else, which the browser got meanwhile, is not used for what the first person entered", async () => {
    const sent: string[] = [];
    const inBrowser: typeof fetch = async (input, init) => {
      const call = `${init?.method} ${String(input).replace(/^.*\/accounts/, "")}`;
      sent.push(call);
      const mismatch = { object: "fault", code: "kCSRFTokenMismatch", status: 403 };
      const [status, body] = {
        "POST /login": [200, { _id: "ada", object: "account" }],
        "PUT /me": [403, mismatch],
        "GET /status": [200, { loggedin: true, account: { _id: "grace", object: "account" } }],
      }[call] as [number, object];
      return new Response(JSON.stringify(body), { status, headers: { "medable-csrf-token": `token ${sent.length}` } });
    };
    const portal = createPortal({ url, org: "o", clientKey: "c", fetch: inBrowser });
    await portal.accountLogin({ email: "ada@example.org", password });
    const refused = await failureOf(portal.accountPut({ id: "me", body: { name: { middle: "Ada's" } } }));
    expect(refused.code).toBe("kCSRFTokenMismatch");
    expect(sent).toEqual(["POST /login", "PUT /me", "GET /status"]);
  });

  it("that has ended is not asked for again", async () => {
    const at = await openPortal();
    const { portal, state } = await signedIn(at);
    await portal.accountLogout();
    const { portal: late, requests } = clientOf(at, state);
    expect((await failureOf(late.accountPut({ id: "me", body: {} }))).code).toBe("kNotLoggedIn");
    expect(requests).toHaveLength(1);
  });
});

describe("two answers in the wrong order", () => {
  const account = { _id: "0", object: "account" };
  const answer = (session: string, token: string, more = "") =>
    new Response(JSON.stringify(account), {
      headers: { "set-cookie": `md.sid=${session}; Path=/o; HttpOnly${more}`, "medable-csrf-token": token },
    });
  /** A client of a portal whose answers arrive when the test says so. */
  function held(state?: PortalState) {
    const waiting: { cookie: string | null; answer: (response: Response) => void }[] = [];
    const holding: typeof fetch = (_, init) =>
      new Promise((resolve) => {
        waiting.push({ cookie: new Headers(init?.headers).get("cookie"), answer: resolve });
      });
    return { waiting, portal: createPortal({ url, org: "o", clientKey: "c", state, fetch: holding }) };
  }

  it("an older answer neither replaces the newer session's token nor ends that session", async () => {
    const old = { cookies: { "md.sid": { value: "old" } }, csrfToken: "old token" };
    const { portal, waiting } = held(old);
    const calls = [
      portal.accountGet({ id: "me" }),
      portal.accountLogout(),
      portal.accountLogin({ email: "a", password: "b" }),
    ];
    await Promise.resolve();
    expect(waiting.map(({ cookie }) => cookie)).toEqual(["md.sid=old", "md.sid=old", "md.sid=old"]);
    waiting[2]?.answer(answer("new", "new token"));
    await calls[2];
    waiting[0]?.answer(new Response(JSON.stringify(account), { headers: { "medable-csrf-token": "old token" } }));
    waiting[1]?.answer(answer("", "old token", "; Max-Age=0"));
    await Promise.all(calls);
    expect(portal.state()).toEqual({ cookies: { "md.sid": { value: "new" } }, csrfToken: "new token" });
  });

  it("when both begin a session, the last one is kept", async () => {
    const { portal, waiting } = held();
    const calls = ["a", "b"].map((email) => portal.accountLogin({ email, password: "p" }));
    await Promise.resolve();
    waiting[1]?.answer(answer("first", "first token"));
    await calls[1];
    waiting[0]?.answer(answer("last", "last token"));
    await calls[0];
    expect(portal.state()).toEqual({ cookies: { "md.sid": { value: "last" } }, csrfToken: "last token" });
  });

  it("an expired cookie is removed, and cookies that are not the portal's are not kept", async () => {
    const { portal, waiting } = held({
      cookies: { "md.sid": { value: "s", endsAt: Date.now() - 1 }, "md.fingerprint": { value: "f", endsAt: Infinity } },
    });
    const status = portal.accountStatus();
    await Promise.resolve();
    expect(waiting[0]?.cookie).toBe("md.fingerprint=f");
    const headers = new Headers({ "set-cookie": "tracker=1; Path=/" });
    headers.append("set-cookie", "md.fingerprint=g; Max-Age=60");
    waiting[0]?.answer(new Response(JSON.stringify({ loggedin: false }), { headers }));
    await status;
    const { cookies } = portal.state();
    expect(Object.keys(cookies)).toEqual(["md.fingerprint"]);
    expect(cookies["md.fingerprint"]?.value).toBe("g");
    expect(cookies["md.fingerprint"]?.endsAt).toBeLessThanOrEqual(Date.now() + 60_000);
  });
});

describe("in a browser", () => {
  it("the browser handles the cookies, also across origins", async () => {
    // Browsers do not let programs set the cookie header.
    vi.stubGlobal(
      "Request",
      class {
        headers = new Headers();
      },
    );
    const sent: (RequestInit | undefined)[] = [];
    const telling: typeof fetch = async (_, init) => {
      sent.push(init);
      return new Response(JSON.stringify({ loggedin: false }));
    };
    const portal = createPortal({ url, org: "o", clientKey: "c", fetch: telling });
    vi.unstubAllGlobals();
    await portal.accountStatus();
    expect(sent[0]?.credentials).toBe("include");
  });
});

describe("an image", () => {
  it("is uploaded as its answer says, and is then an address", async () => {
    const at = await openPortal();
    const { portal, id } = await signedIn(at);
    const begun = await portal.accountPutImage({ id: "me", body: { content: "me.jpg" } });
    expect(begun).toMatchObject({ state: 0, uploads: [{ filename: "me.jpg", uploadMethod: "POST" }] });
    const early = await failureOf(portal.accountGetImage({ id, name: "thumbnail" }));
    expect(early).toMatchObject({ code: "kMediaNotReady", status: 202 });
    await finishImage({ ...at.practice, id });
    const { url, width } = await portal.accountGetImage({ id: "me", name: "thumbnail" });
    expect(width).toBe(160);
    expect(url).toContain("/thumbnail.jpg?");
    // The whole account, as it was answered, without what nobody writes.
    const { image, name } = await portal.accountGet({ id: "me" });
    expect(image?.facets[0]?.state).toBe(2);
    expect((await portal.accountPut({ id: "me", body: { name, ...(image && { image }) } })).image).toEqual(image);
    expect(await portal.accountPutImage({ id: "me", body: { content: null } })).toEqual({
      object: "result",
      data: true,
    });
  });
});

describe("signing in", () => {
  it("on a new device takes two calls: the first fails with kNewLocation", async () => {
    const at = await openPortal({ twoFactor: true });
    const { email } = await signedIn(at);
    const { portal } = clientOf(at);
    const first = await failureOf(portal.accountLogin({ email, password }));
    expect(first).toMatchObject({ operation: "AccountLogin", code: "kNewLocation", status: 200 });
    expect(Object.keys(portal.state().cookies)).toEqual(["md.fingerprint"]);
    expect((await failureOf(portal.accountLogin({ email, password }))).code).toBe("kUnverifiedLocation");
    const [sms] = await sentMessages();
    const location = { verificationToken: codeIn(sms), locationName: "Phone" };
    expect((await portal.accountLogin({ email, password, location })).email).toBe(email);
    await portal.accountLogout();
    expect((await portal.accountLogin({ email, password })).email).toBe(email);
  });

  it("works with a password that was reset by a mailed link; another mailed link verifies the address, once", async () => {
    const at = await openPortal();
    const { portal, email } = await signedIn(at);
    const [verification] = await sentMessages(email);
    expect((await portal.accountVerify({ token: tokenIn(verification) })).data).toBe(true);
    expect((await failureOf(portal.accountVerify({ token: tokenIn(verification) }))).code).toBe("kNotFound");
    // This fault is inside a `data` property.
    const verified = await failureOf(portal.accountResendVerification({ id: "me" }));
    expect(verified).toMatchObject({ operation: "AccountResendVerification", code: "kExists", status: 409 });
    expect(verified.message).toBe(
      `AccountResendVerification: kExists Account already verified. See ${url}/docs/errors.html#kExists`,
    );

    await portal.accountRequestPasswordReset({ email });
    const [reset] = await sentMessages(email);
    const renewed = "seven lilac anvils";
    expect((await portal.accountResetPassword({ token: tokenIn(reset), password: renewed })).data).toBe(true);
    expect((await portal.accountLogin({ email, password: renewed })).state).toBe("verified");
  });
});

describe("failures", () => {
  it("have the fault's code, and each of its inner faults", async () => {
    const { portal } = clientOf(await openPortal());
    const wrong = { ...person(), gender: "x" as "n", password: "" };
    const invalid = await failureOf(portal.accountRegister(wrong));
    expect(invalid).toBeInstanceOf(FrontdeskError);
    expect(invalid).toMatchObject({ operation: "AccountRegister", code: "kValidationError", status: 400 });
    expect(invalid.faults.map(({ path, code }) => [path, code])).toEqual([
      ["account.gender", "kEnumValue"],
      ["account.password", "kRequired"],
    ]);
    expect(invalid.faults.every(({ message }) => message !== "")).toBe(true);
    // The strength of a password is only judged when nothing else is wrong.
    const weak = await failureOf(portal.accountRegister({ ...person(), password: "password" }));
    expect(weak.faults.map(({ path, code }) => [path, code])).toEqual([["account.password", "kPasswordStrength"]]);
  });

  it("contain nothing that was sent", async () => {
    const at = await openPortal();
    const { portal } = clientOf(at);
    const email = "somebody@else.example";
    const error = await failureOf(portal.accountLogin({ email, password: "hunter2 hunter2" }));
    expect(error.code).toBe("kInvalidCredentials");
    const shown = `${error.stack} ${JSON.stringify(error)}`;
    for (const secret of ["hunter2", email, at.clientKey]) expect(shown).not.toContain(secret);
  });

  it("are not mistaken for a property that looks like a fault", async () => {
    const { portal } = await signedIn(await openPortal());
    const c_copy = { object: "fault", code: "kError" };
    await portal.accountPut({ id: "me", body: { c_copy } });
    expect(await portal.accountGetProperty({ id: "me", property: "c_copy" })).toEqual({
      object: "result",
      data: c_copy,
    });
  });
});

describe("a server", () => {
  it("acts as an administrator with the practice's application credentials, without a session", async () => {
    const at = await openPortal();
    const { id } = await signedIn(at);
    const { applicationId, applicationPassword, accountId } = at.practice;
    const application = { id: applicationId, password: applicationPassword };
    const server = createPortal({ url, org: at.org, application, accountId });
    const promoted = await server.accountPatch({ id, body: { op: "push", path: "/roles", value: roles.provider } });
    expect(promoted.roles).toEqual([roles.provider]);
    expect((await server.accountList()).data.map(({ _id }) => _id)).toEqual([id]);
    expect(server.state()).toEqual({ cookies: {} });

    const wrong = createPortal({ url, org: at.org, application: { ...application, password: "x" }, accountId });
    expect((await failureOf(wrong.accountList())).code).toBe("kAccessDenied");
  });
});
