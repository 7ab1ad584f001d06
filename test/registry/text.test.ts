import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { beforeAll, describe, expect, it } from "vitest";
import { documentedRows } from "../../openapi/handlers.ts";
import { note } from "../../openapi/samples.ts";
import { expectFault } from "../functions/accounts/accounts-contract.ts";
import { bracketed, bracketedType } from "../functions/accounts/bracketed.ts";
import { expectRefusal } from "../functions/practices/practices-contract.ts";
import { expectProblem, get, saveProfile, sourceProfile } from "../functions/therapists/therapists-contract.ts";
import { fullestRequest, type ReadyCall, readyCallInSharedWorld, takesBody } from "../kit/examples.ts";
import { applicationHeaders, openPortal } from "../kit/portal.ts";
import {
  call,
  expectOk,
  inHeaders,
  isSuccess,
  leavesNoTrace,
  makePractice,
  makeUser,
  send,
  type TestPractice,
} from "../kit/system.ts";
import { expectBadBody } from "./answers.ts";

/** Bytes that are not UTF-8, where a text has `¤`. */
const broken: readonly (readonly [string, readonly number[]])[] = [
  ["Latin-1", [0xf1]],
  ["CESU-8", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ["an overlong form", [0xc0, 0xaf]],
  ["a character of two bytes that is cut", [0xc3]],
  ["a character of three bytes that is cut", [0xe2, 0x82]],
  ["a character of four bytes that is cut", [0xf0, 0x9f]],
  ["a byte that continues nothing", [0x80]],
  ["a character beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ["UTF-16", [0xff, 0xfe, 0xf1, 0x00]],
];
const mark = "¤";
/** A text with these bytes in the place of its mark. */
function withBytes(text: string, bytes: readonly number[]): Buffer {
  const [before = "", behind = ""] = text.split(mark);
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(behind)]);
}
const percentEncoded = (bytes: readonly number[]) =>
  bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");

/** The forms in which gateways pass a body on. */
const asText = (event: APIGatewayProxyEventV2, bytes: Buffer): APIGatewayProxyEventV2 => ({
  ...event,
  body: bytes.toString("utf8"),
  isBase64Encoded: false,
});
const asBase64 = (event: APIGatewayProxyEventV2, bytes: Buffer): APIGatewayProxyEventV2 => ({
  ...event,
  body: bytes.toString("base64"),
  isBase64Encoded: true,
});
const withoutLength = (event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 => {
  const { "content-length": _, ...headers } = event.headers;
  return { ...event, headers };
};
const gateways = [
  ["as text", (event: APIGatewayProxyEventV2, bytes: Buffer) => asText(event, bytes)],
  ["as text without content-length", (event, bytes) => withoutLength(asText(event, bytes))],
  ["as base64", (event, bytes) => asBase64(event, bytes)],
] as const satisfies readonly (readonly [string, typeof asText])[];

/**
 * A body with a mark in it: where it has the sample's free text, which is stored, else in a field that is ignored.
 * @see note in `openapi/samples.ts`
 */
const withMark = (body: object): object => {
  const text = JSON.stringify(body);
  return text.includes(note) ? JSON.parse(text.replace(note, `pe${mark}a`)) : { ...body, note: `pe${mark}a` };
};

describe.each(documentedRows.filter(takesBody))("$id", (row) => {
  const isPortal = row.family === "accounts";
  let scene: ReadyCall;
  beforeAll(async () => {
    scene = await readyCallInSharedWorld(row.id, fullestRequest(row.id));
  });
  const bodyOf = ({ body }: ReadyCall) => (body ?? {}) as object;
  const text = () => JSON.stringify(withMark(bodyOf(scene)));
  type Change = Parameters<ReadyCall["send"]>[0];
  const refuse = async (raw: Buffer, made: (typeof gateways)[number][1], change: Change = {}) => {
    const event = (sent: APIGatewayProxyEventV2) => made(sent, raw);
    expectBadBody(row, await leavesNoTrace(() => scene.send({ ...change, raw }, { event })));
  };
  const succeed = async (raw: Buffer, made: (typeof gateways)[number][1], change: Change = {}) => {
    const response = await scene.send({ ...change, raw }, { event: (sent) => made(sent, raw) });
    // It has no free text and ignores no field, so a body that was read is refused for the field with the mark.
    if (row.id === "SettingsPut" && raw.includes('"note"')) {
      expect(response.json.reason).toBe("Unknown property: note");
      return;
    }
    expect(isSuccess(response), response.text).toBe(true);
  };
  const form = { headers: { "content-type": bracketedType } };

  describe.each(gateways)("a body that reaches the function %s", (_, made) => {
    it.each(broken)("is refused with %s in it, and nothing is stored", async (_, bytes) => {
      await refuse(withBytes(text(), bytes), made);
    });
    if (isPortal) {
      it.each(broken)("is refused with %s in it, urlencoded without escapes", async (_, bytes) => {
        const encoded = bracketed(withMark(bodyOf(scene))).replace(encodeURIComponent(mark), mark);
        await refuse(withBytes(encoded, bytes), made, form);
      });
    }
  });
  if (isPortal) {
    it.each(broken)("refuses urlencoded escapes of %s, and nothing is stored", async (_, bytes) => {
      for (const at of [withMark(bodyOf(scene)), { [`c_${mark}`]: "x", ...bodyOf(scene) }]) {
        const body = bracketed(at).replace(encodeURIComponent(mark), percentEncoded(bytes));
        for (const [, made] of gateways) await refuse(Buffer.from(body), made, form);
      }
    });
  }
  it("refuses half of a surrogate pair that a gateway has made, and nothing is stored", async () => {
    const body = text().replace(mark, "\ud83d");
    await refuse(Buffer.from(body), (event) => ({ ...event, body, isBase64Encoded: false }));
  });

  it("accepts characters of two, three and four bytes, as text and as base64", async () => {
    const body = Buffer.from(text().replace(mark, "ñ李🙂\u2028"));
    for (const [, made] of gateways) await succeed(body, made);
  });
  it("accepts a real U+FFFD if content-length shows that it was sent", async () => {
    const body = Buffer.from(text().replace(mark, "\ufffd"));
    for (const made of [asText, asBase64]) await succeed(body, made);
    await refuse(body, (event, bytes) => withoutLength(asText(event, bytes)));
  });
  it("skips one byte order mark, but not a second one", async () => {
    for (const made of [asText, asBase64]) {
      await succeed(Buffer.from(`\ufeff${JSON.stringify(bodyOf(scene))}`), made);
      await refuse(Buffer.from(`\ufeff\ufeff${JSON.stringify(bodyOf(scene))}`), made);
      if (isPortal) await succeed(Buffer.from(`\ufeff${bracketed(bodyOf(scene))}`), made, form);
    }
  });
});

describe("a practice whose key is Latin-1", () => {
  // Regression: `{"accountId":"clinica-pe\xF1a"}` and the same with \xE9 named one practice, so users overwrote each other.
  it("is not read as another practice", async () => {
    const { applicationId, applicationPassword } = await makePractice();
    const auth = { applicationId, applicationPassword };
    for (const byte of [0xf1, 0xe9]) {
      const body = withBytes(JSON.stringify({ auth, accountId: `clinica-pe${mark}a`, name: "Clinica" }), [byte]);
      expectRefusal(await leavesNoTrace(() => call("PracticeSave", body)), 4000);
    }
    for (const accountId of ["clinica-peña", "clinica-peéa", "clinica-pe\ufffda"]) {
      expect((await call("PracticeGet", { auth, accountId })).json.responseCode).toBe(4131);
    }
    await expectOk(call("PracticeSave", { auth, accountId: "clinica-peña", name: "Clinica" }));
    await expectOk(call("PracticeGet", { auth, accountId: "clinica-peña" }));
  });
  it("cannot be signed in to with a password that has another byte", async () => {
    const practice = await makePractice({ accountId: "passwords" });
    const loginPassword = "Pe\ufffda-12345";
    await makeUser(practice, { loginId: "latin", loginPassword });
    const body = withBytes(JSON.stringify({ auth: { loginId: "latin", loginPassword: `Pe${mark}a-12345` } }), [0xf1]);
    expectRefusal(await leavesNoTrace(() => call("PingWithAuth", body)), 4000);
    await expectOk(call("PingWithAuth", { auth: { loginId: "latin", loginPassword } }));
  });
});

/** A header's bytes as gateways pass them on: one character for each byte, or U+FFFD for bytes that are not UTF-8. */
const headerForms = (bytes: readonly number[]) => [
  Buffer.from(bytes).toString("latin1"),
  Buffer.from(bytes).toString("utf8"),
];
const malformed = [
  "UTF-8''%F1",
  "UTF-8''%ED%A0%BD%ED%B8%80",
  "UTF-8''%C0%AF",
  "UTF-8''%E6%9D",
  "UTF-8''%E6%9D%8",
  "UTF-8''%",
  "UTF-8''%zz",
  "UTF-8''a b",
  "UTF-8''李",
  "UTF-8''a'b",
  "UTF-8'e_n'a",
  "UTF-8'a",
  "ISO-8859-1''%F1",
  "iso-8859-1'es'clinica",
];

describe("credentials in headers", () => {
  const accountId = "clinica-peña 李";
  let practice: TestPractice;
  let portal: Awaited<ReturnType<typeof openPortal>>;
  beforeAll(async () => {
    practice = await makePractice();
    await makePractice({ accountId }, practice);
    const auth = { ...practice, accountId };
    for (const userId of ["josé", "user"]) await makeUser(auth, { userId });
    await makeUser(practice, { userId: "user" });
    portal = await openPortal({}, { accountId: "portal-peña", websiteAddress: "portal-pena" }, practice);
  });
  const basic = (bytes: Buffer) => `Basic ${bytes.toString("base64")}`;
  /** The headers of a caller who may make any call, with changes. */
  const headersOf = (auth: TestPractice, change: Record<string, string> = {}) => ({
    ...inHeaders({ ...auth, userId: "user" }),
    ...change,
  });
  const headers = (change?: Record<string, string>) => headersOf(practice, change);
  const operations = documentedRows.filter(({ family, tier }) => family === "practices" && tier !== "none");
  // Operations share the code that reads these headers. All bad values are sent to the first operation of each tier, and
  // few to the others.
  const firsts = new Set([...new Map(operations.toReversed().map(({ id, tier }) => [tier, id])).values()]);

  describe.each(operations)("$id", (row) => {
    const badBytes = firsts.has(row.id) ? broken : broken.slice(0, 2);
    const badForms = firsts.has(row.id) ? malformed : [...malformed.slice(0, 1), ...malformed.slice(-1)];
    // Refusals leave no trace, so one world serves all of them.
    let scene: ReadyCall;
    beforeAll(async () => {
      scene = await readyCallInSharedWorld(row.id);
    });
    const ask = (change: Record<string, string>) =>
      scene.send({ headers: headersOf(scene.world.practice, change), body: { auth: undefined } });
    it.each(badBytes)("refuses %s as wrong credentials: 4010, and nothing is stored", async (_, bytes) => {
      const { applicationId, applicationPassword } = scene.world.practice;
      const pairs = [
        `${applicationId}:${applicationPassword}${mark}`,
        `${applicationId}${mark}:${applicationPassword}`,
      ];
      for (const pair of pairs) {
        const stated = { authorization: basic(withBytes(pair, bytes)) };
        expectRefusal(await leavesNoTrace(() => ask(stated)), 4010);
      }
      for (const value of headerForms(bytes)) {
        for (const name of ["x-account-id", "x-user-id"]) {
          expectRefusal(await leavesNoTrace(() => ask({ [name]: `clinica${value}` })), 4010);
        }
      }
    });
    it.each(badForms)("refuses %s in RFC 8187 form as wrong credentials: 4010", async (value) => {
      for (const name of ["x-account-id", "x-user-id"]) {
        expectRefusal(await leavesNoTrace(() => ask({ [name]: value })), 4010);
      }
    });
  });

  const forms = [
    "UTF-8''clinica-pe%C3%B1a%20%E6%9D%8E",
    "utf-8''%63linica-pe%c3%b1a%20%e6%9d%8e",
    "Utf-8'es'clinica-pe%C3%B1a%20%E6%9D%8E",
    "UTF-8'zh-Hant-TW'clinica-pe%C3%B1a%20%E6%9D%8E",
    Buffer.from(accountId).toString("latin1"),
    accountId,
  ];
  it.each(forms)("take X-Account-Id as %s", async (value) => {
    await expectOk(
      send("POST", "/api/io/PingWithAccountAuth", { headers: headers({ "x-account-id": value }), body: {} }),
    );
    const { status } = await send("GET", "/therapist/organizations/", { headers: headers({ "x-account-id": value }) });
    expect(status).toBe(204);
  });
  it.each(["UTF-8''jos%C3%A9", "utf-8'es'jos%c3%a9", Buffer.from("josé").toString("latin1")])(
    "take X-User-Id as %s",
    async (value) => {
      const stated = headers({ "x-account-id": forms[0] as string, "x-user-id": value });
      await expectOk(send("POST", "/api/io/PingWithAuth", { headers: stated, body: {} }));
    },
  );
  it("keep a value unchanged that only resembles this form", async () => {
    const odd = "o'brien's-clinic%20x";
    await makePractice({ accountId: odd }, practice);
    await expectOk(
      send("POST", "/api/io/PingWithAccountAuth", { headers: headers({ "x-account-id": odd }), body: {} }),
    );
  });
  it("create the practice that X-Account-Id names, with its key decoded", async () => {
    const stated = headers({ "x-account-id": "UTF-8''%E6%9D%8E-1" });
    const { accountId: made } = await expectOk(
      send("POST", "/api/io/PracticeCreate", { headers: stated, body: { name: "Li" } }),
    );
    expect(made).toBe("李-1");
  });
  it("are wrong credentials for /therapist and portals as well if they are malformed or not UTF-8", async () => {
    const values = [...malformed, ...broken.flatMap(([, bytes]) => headerForms(bytes))];
    for (const value of values) {
      const stated = headers({ "x-account-id": value });
      expectProblem(await leavesNoTrace(() => send("GET", "/therapist/organizations/", { headers: stated })), 401);
      expectProblem(
        await leavesNoTrace(() => send("POST", "/therapist/organizations/", { headers: stated, body: { name: "x" } })),
        401,
      );
      const administrator = { ...applicationHeaders(portal.practice), "x-account-id": value };
      expectFault(
        await leavesNoTrace(() => portal.visitor().get("accounts", { headers: administrator })),
        "kAccessDenied",
      );
    }
    const pair = withBytes(`${practice.applicationId}:${practice.applicationPassword}${mark}`, [0xf1]);
    const stated = headers({ authorization: basic(pair), "x-account-id": "portal-peña" });
    expectProblem(await send("GET", "/therapist/organizations/", { headers: stated }), 401);
    expectFault(await portal.visitor().get("accounts", { headers: stated }), "kAccessDenied");
  });
  it("open a portal in RFC 8187 form", async () => {
    const stated = { ...applicationHeaders(portal.practice), "x-account-id": "UTF-8''portal-pe%C3%B1a" };
    expect((await portal.visitor().get("accounts", { headers: stated })).json.object).toBe("list");
  });
  it("refuse a login with bytes that are not UTF-8, though another login has U+FFFD there", async () => {
    const login = { loginId: "login-\ufffd", loginPassword: "Passw0rd-\ufffd" };
    await makeUser(practice, { userId: "individual", ...login });
    const ask = (pair: Buffer) => {
      const authorization = `Individual ${pair.toString("base64")}`;
      return send("POST", "/api/io/PingWithAuth", { headers: { authorization }, body: {} });
    };
    for (const pair of [`login-${mark}:Passw0rd-\ufffd`, `login-\ufffd:Passw0rd-${mark}`]) {
      expectRefusal(await leavesNoTrace(() => ask(withBytes(pair, [0xf1]))), 4010);
    }
    await expectOk(ask(Buffer.from(`${login.loginId}:${login.loginPassword}`)));
  });
});

describe("variables of paths", () => {
  let practice: TestPractice;
  beforeAll(async () => {
    practice = await makePractice({ accountId: "paths" });
    for (const userId of ["pe\ufffda", "\ufffd", "%F1", "%zz", "peña", "100%"]) {
      expect((await saveProfile(practice, { ...sourceProfile, userId })).status).toBe(200);
    }
  });
  const bad = [...broken.map(([, bytes]) => percentEncoded(bytes)), "%zz", "%", "%C", "pe%F1a", "pe%EF%BF%BDa"];
  it.each(bad)("name no record with the escapes %s: 404", async (segment) => {
    for (const path of [`/therapist/practice-profile/${segment}/`, `/therapist/organizations/${segment}/`]) {
      expectProblem(await get(practice, path), 404);
    }
  });
  it.each(["pe\ufffda", "\ufffd", "%F1"])("name no record if a gateway hands on %j", async (userId) => {
    const path = "/therapist/practice-profile/x/";
    const event = (made: APIGatewayProxyEventV2) => ({ ...made, pathParameters: { userId } });
    const headers = inHeaders(practice) ?? {};
    expectProblem(await send("GET", path, { headers, event }), 404);
  });
  it("are read in UTF-8", async () => {
    const { json } = await get(practice, "/therapist/practice-profile/pe%C3%B1a/");
    expect(json.userId).toBe("peña");
    expect((await get(practice, "/therapist/practice-profile/100%25/")).json.userId).toBe("100%");
  });
  it.each(bad)("of a portal name no record with the escapes %s", async (segment) => {
    const portal = await openPortal();
    const holder = await portal.signedIn();
    const calls: readonly (readonly [string, string, unknown])[] = [
      ["GET", `accounts/${segment}`, undefined],
      ["GET", `accounts/me/c_${segment}`, undefined],
      ["PUT", `accounts/${segment}`, { gender: "f" }],
      ["PATCH", `accounts/${segment}`, { op: "set", path: "/gender", value: "f" }],
      ["POST", `accounts/${segment}`, {}],
    ];
    for (const [method, path, body] of calls) {
      expectFault(await holder.send(method, path, body === undefined ? {} : { body }), "kNotFound");
    }
    const headers = { "medable-client-key": portal.clientKey };
    expectFault(await send("GET", `/${segment}/v2/accounts`, { headers }), "kAccessDenied");
  });
});

describe("queries", () => {
  it.each(broken)("with the escapes of %s are refused", async (_, bytes) => {
    const practice = await makePractice({ accountId: `queries ${bytes}` });
    const escapes = percentEncoded(bytes);
    for (const query of [`cursor=${escapes}`, `${escapes}=1`, `limit=5&x=${escapes}`]) {
      expectProblem(await get(practice, `/therapist/organizations/?${query}`), 400, [""]);
    }
    const portal = await openPortal();
    for (const query of [`where=${escapes}`, `paths[]=${escapes}`, `${escapes}=1`]) {
      expectFault(await portal.administrator.get(`accounts?${query}`), "kInvalidArgument");
    }
  });
  it("do not prevent a browser's preflight", async () => {
    const portal = await openPortal();
    expect((await portal.visitor().send("OPTIONS", "accounts?where=%F1")).status).toBe(204);
  });
  it("keep a % that does not begin an escape", async () => {
    const portal = await openPortal();
    const where = '{"name.first":"100%"}'.replaceAll('"', "%22");
    expect((await portal.administrator.get(`accounts?where=${where}`)).json).toMatchObject({
      object: "list",
      data: [],
    });
  });
});
