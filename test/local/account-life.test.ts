import { afterEach, expect, it } from "vitest";
import type { SentMessage } from "../../local/outside.ts";
import { browserAt } from "../kit/browser-client.ts";
import { callAt, cleanUp, startInstance } from "../kit/children.ts";

afterEach(cleanUp);

const vendor = { applicationId: "demo", applicationPassword: "demo-application-password" };
const application = {
  authorization: `Basic ${Buffer.from(Object.values(vendor).join(":")).toString("base64")}`,
  "x-account-id": "practice-1",
};

it("an account goes through its whole life over HTTP", async () => {
  const { url } = await startInstance({}, ["--memory"]);
  const newest = async () => ((await (await fetch(`${url}/_local/messages`)).json()) as SentMessage[])[0];
  const tokenOf = (mail: SentMessage | undefined) => /token=([A-Za-z0-9]{32})\b/.exec(mail?.text ?? "")?.[1];
  const ofPractice = { ...vendor, accountId: "practice-1" };
  const practice = { auth: ofPractice, name: "Riverside Clinic", websiteAddress: "riverside" };
  expect((await callAt(url, "PracticeCreate", practice)).responseCode).toBe(2000);

  const accounts = `${url}/riverside/v2/accounts`;
  const ada = browserAt(accounts);
  const email = "ada.mills@mail.example";
  const password = "mauve otter juggles 41 kettles";
  const person = { name: { first: "Ada", last: "Mills" }, email, mobile: "(650) 555-5555", password };
  const { status, json: registered } = await ada("POST", "/register", person);
  expect({ status, state: registered.state, access: registered.access }).toEqual({
    status: 200,
    state: "unverified",
    access: 6,
  });
  const verification = tokenOf(await newest());
  expect((await ada("GET", "/me")).json).toMatchObject({ _id: registered._id, mobile: "+16505555555" });
  // Before the reset below: a reset by mail proves the address itself, and voids this token.
  expect((await ada("POST", `/${verification}`)).json.data).toBe(true);
  expect((await ada("GET", "/me")).json.state).toBe("verified");

  expect((await ada("POST", "/me/logout")).json).toEqual({ object: "result", data: true });
  expect((await ada("GET", "/me")).json.code).toBe("kNotLoggedIn");
  expect((await ada("POST", "/login", { email, password })).json._id).toBe(registered._id);

  const stranger = browserAt(accounts);
  for (let guess = 1; guess <= 5; guess++) {
    expect((await stranger("POST", "/login", { email, password: `guess ${guess}` })).json.code).toBe(
      "kInvalidCredentials",
    );
  }
  expect((await stranger("POST", "/login", { email, password })).json.code).toBe("kAccountLocked");
  expect(await newest()).toMatchObject({ channel: "email", to: email });

  expect((await stranger("POST", "/request-password-reset", { email })).json).toEqual({ object: "result", data: true });
  const reset = tokenOf(await newest());
  const renewed = "seven lilac anvils hum softly";
  expect((await ada("POST", "/reset-password", { token: reset, password: renewed })).json.data).toBe(true);
  expect((await ada("POST", "/reset-password", { token: reset, password: "another lilac anvil hums" })).status).toBe(
    404,
  );
  expect((await ada("GET", "/me")).json.code).toBe("kNotLoggedIn");
  expect((await ada("POST", "/login", { email, password })).json.code).toBe("kInvalidCredentials");
  expect((await ada("POST", "/login", { email, password: renewed })).status).toBe(200);

  const settings = await callAt(url, "PortalSettingsSave", { auth: ofPractice, twoFactor: true });
  expect(settings.portalSettings).toMatchObject({ twoFactor: true });
  const phone = browserAt(accounts);
  const first = await phone("POST", "/login", { email, password: renewed });
  expect({ status: first.status, code: first.json.code }).toEqual({ status: 200, code: "kNewLocation" });
  const sms = await newest();
  expect(sms).toMatchObject({ channel: "sms", to: "+16505555555" });
  const [, code] = /^Your Riverside Clinic verification code is ([0-9]{6})$/.exec(sms?.text ?? "") ?? [];
  expect((await phone("POST", "/login", { email, password: renewed })).json.code).toBe("kUnverifiedLocation");
  const location = { verificationToken: code, locationName: "Phone" };
  expect((await phone("POST", "/login", { email, password: renewed, location })).json._id).toBe(registered._id);

  const renamed = await phone("PUT", "/me", { name: { first: "Augusta" } });
  expect(renamed.json.name).toEqual({ first: "Augusta", last: "Mills" });

  const promotion = await fetch(`${accounts}/${registered._id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json", ...application },
    body: JSON.stringify({ op: "push", path: "/roles", value: "000000000000000000000004" }),
  });
  expect(((await promotion.json()) as { roles: string[] }).roles).toEqual(["000000000000000000000004"]);

  const grace = { ...person, name: { first: "Grace", last: "Oak" }, email: "grace.oak@mail.example" };
  const other = (await browserAt(accounts)("POST", "/register", grace)).json;
  const { json: list } = await phone("GET", "?paths[]=name.first");
  expect(list).toEqual({
    object: "list",
    data: [
      { _id: other._id, object: "account", name: { first: "Grace" } },
      { _id: registered._id, object: "account", name: { first: "Augusta" } },
    ],
    hasMore: false,
  });
});

it("an account is shared over HTTP: invited by mail, registered with the token, seen at access 2 and 4, and withdrawn", async () => {
  const { url } = await startInstance({}, ["--memory"]);
  const practice = {
    auth: { ...vendor, accountId: "practice-1" },
    name: "Riverside Clinic",
    websiteAddress: "riverside",
  };
  await callAt(url, "PracticeCreate", practice);
  const portal = `${url}/riverside/v2`;
  const ada = browserAt(portal);
  const mobile = "(650) 555-5555";
  const password = "mauve otter juggles 41 kettles";
  const mills = { name: { first: "Ada", last: "Mills" }, email: "ada.mills@mail.example", mobile, password };
  const shared = (await ada("POST", "/accounts/register", mills)).json;
  expect(shared.shared).toBe(false);

  const email = "grace.oak@mail.example";
  const offer = await ada("POST", "/accounts/me/connections", {
    targets: [{ email, access: 2, message: "My results" }],
  });
  const [connection] = offer.json.data;
  expect(connection).toMatchObject({ object: "connection", access: 2, state: 0, target: { email } });
  expect(JSON.stringify(offer.json)).not.toContain("token");
  const [mail] = (await (await fetch(`${url}/_local/messages`)).json()) as SentMessage[];
  expect(mail).toMatchObject({ channel: "email", to: email });
  expect(mail?.text).toContain("Ada Mills");
  const [, token] = /\/connect\?token=([A-Za-z0-9]{32})\b/.exec(mail?.text ?? "") ?? [];

  const grace = browserAt(portal);
  const oak = { name: { first: "Grace", last: "Oak" }, email, mobile, password, token };
  const registered = await grace("POST", "/accounts/register", oak);
  // The link was mailed to this address, so nothing is left to verify.
  expect(registered.json.state).toBe("verified");
  expect((await grace("GET", "/connections")).json.data).toMatchObject([
    {
      _id: connection._id,
      state: 1,
      access: 2,
      context: { _id: shared._id },
      target: { account: { _id: registered.json._id } },
    },
  ]);
  expect((await grace("GET", "/accounts")).json.data.map(({ _id }: { _id: string }) => _id)).toEqual([
    registered.json._id,
    shared._id,
  ]);

  const seenAt = async (access: 2 | 4) => {
    await ada("PATCH", `/connections/${connection._id}`, { access });
    return (await grace("GET", `/accounts/${shared._id}`)).json;
  };
  const [little, more] = [await seenAt(2), await seenAt(4)];
  expect(Object.keys(little).sort()).toEqual(["_id", "access", "favorite", "name", "object", "shared"]);
  expect(more).toMatchObject({ access: 4, email: mills.email, mobile: "+16505555555", roles: [], shared: true });
  for (const name of ["key", "connections"]) expect(more).not.toHaveProperty(name);
  const refused = await grace("PUT", `/accounts/${shared._id}`, { gender: "f" });
  expect([refused.status, refused.json.code]).toEqual([403, "kAccessDenied"]);

  expect((await ada("DELETE", `/connections/${connection._id}`)).json).toEqual({ object: "result", data: true });
  const gone = await grace("GET", `/accounts/${shared._id}`);
  expect([gone.status, gone.json.code]).toEqual([404, "kNotFound"]);
  expect((await grace("GET", "/connections")).json.data).toEqual([]);
  expect((await ada("GET", "/accounts/me")).json.shared).toBe(false);
});
