import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../local/gateway.ts";
import type { SentMessage } from "../../local/outside.ts";
import { sentMessages } from "../kit/outside.ts";
import {
  expectSuccess,
  freshEmail,
  minutesAfter,
  newPerson,
  openPortal,
  type TestPortal,
  tokenIn,
} from "../kit/portal.ts";
import { outcomeOf } from "./attack.ts";

/* Mailed links depend on configuration only: hosts, schemes and pages in a request do not change a byte of them. */

const evil = "evil.example";
const poisons: readonly (readonly [string, Record<string, string>])[] = [
  ["Host", { host: evil }],
  ["Host with port and path", { host: `${evil}:8443/login?next=` }],
  ["Host with a line break", { host: `portal.example.com\r\nX-Injected: ${evil}` }],
  ["X-Forwarded-Host", { "x-forwarded-host": evil }],
  ["X-Forwarded-Proto", { "x-forwarded-proto": "http", "x-forwarded-port": "8443" }],
  ["X-Forwarded-Prefix", { "x-forwarded-prefix": `//${evil}`, "x-forwarded-path": `//${evil}/` }],
  ["X-Forwarded-For and -Server", { "x-forwarded-for": evil, "x-forwarded-server": evil, "x-real-ip": evil }],
  ["Forwarded", { forwarded: `for=192.0.2.1;host=${evil};proto=http` }],
  ["Origin", { origin: `https://${evil}` }],
  ["Referer", { referer: `https://${evil}/reset?token=` }],
  ["X-Original-URL and X-Rewrite-URL", { "x-original-url": `//${evil}/`, "x-rewrite-url": `//${evil}/` }],
  ["X-Host, X-HTTP-Host-Override", { "x-host": evil, "x-http-host-override": evil, "x-original-host": evil }],
  ["User-Agent and Accept-Language", { "user-agent": evil, "accept-language": evil, via: `1.1 ${evil}` }],
];

/** The mails say when somebody registered. */
const start = new Date();
let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal({}, { name: "Otter & Kettle", websiteAddress: "otter-kettle" });
});

/** A mail without its token. The rest must be the same for everyone. */
const letterOf = (mail: SentMessage | undefined) => {
  const token = tokenIn(mail);
  return { subject: mail?.subject, text: mail?.text.replaceAll(token, "…"), html: mail?.html.replaceAll(token, "…") };
};
const mailsTo = async (email: string, subject: RegExp) =>
  (await sentMessages(email)).filter((message) => subject.test(message.subject));

/** The mails of a registration, a second verification and a password reset, all requested with these headers. */
async function lettersWith(headers: Record<string, string>) {
  const email = freshEmail();
  const client = portal.visitor();
  await expectSuccess(client.post("accounts/register", newPerson({ email }), { headers, now: start }));
  await expectSuccess(client.post("accounts/me/resend-verification", {}, { headers, now: start }));
  await expectSuccess(
    portal.visitor().post("accounts/request-password-reset", { email }, { headers, now: minutesAfter(start, 1) }),
  );
  const verifications = await mailsTo(email, /^Confirm/);
  expect(verifications).toHaveLength(2);
  return [...verifications, ...(await mailsTo(email, /^Reset/))].map(letterOf);
}

describe("mailed links", () => {
  it("consist of the configured address of the portal, a page and a token", async () => {
    const [verification, , reset] = await lettersWith({});
    const link = (page: string) => `https://otter-kettle.portal.example.com/${page}?token=…`;
    expect(verification?.text?.match(/https?:\S+/g)).toEqual([link("verify"), link("reject")]);
    expect(reset?.text?.match(/https?:\S+/g)).toEqual([link("reset-password")]);
    const linked = (letter: typeof reset) => new Set(letter?.html?.match(/(?<=href=")[^"]*/g));
    expect(linked(verification)).toEqual(new Set([link("verify"), link("reject")]));
    expect(linked(reset)).toEqual(new Set([link("reset-password")]));
  });
  it.each(poisons)("stay the same, byte for byte, for every value of %s in a request", async (_, headers) => {
    const letters = await lettersWith(headers);
    expect(letters).toEqual(await lettersWith({}));
    expect(JSON.stringify(letters)).not.toContain("evil");
  });
  it("contain nothing from the body or query of the request", async () => {
    const email = freshEmail();
    await portal.register({ email });
    const body = { email, host: evil, url: `https://${evil}`, redirect: `//${evil}`, org: evil, practiceName: evil };
    const path = `accounts/request-password-reset?host=${evil}&redirect_uri=https://${evil}`;
    await expectSuccess(portal.visitor().post(path, body));
    const [mail] = await mailsTo(email, /^Reset/);
    expect(letterOf(mail)).toEqual((await lettersWith({}))[2]);
  });
});

describe("over HTTP", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ port: 0, hosts: [evil], log: () => {} });
  });
  afterAll(() => gateway.close());

  /** Sends raw bytes of a request and returns the raw answer. */
  function raw(lines: readonly string[], body: string): Promise<string> {
    const socket = connect(gateway.port, "127.0.0.1");
    const head = [...lines, `Content-Length: ${Buffer.byteLength(body)}`, "Connection: close", "", ""];
    socket.write(head.join("\r\n") + body);
    return text(socket);
  }

  it.each([
    ["an absolute-form target", (path: string) => `http://${evil}${path}`, `Host: ${evil}`],
    ["an absolute-form target over TLS", (path: string) => `https://user:pass@${evil}:1${path}`, "Host: localhost"],
    ["a foreign Host", (path: string) => path, `Host: ${evil}`],
  ])("%s does not change them either", async (_, target, host) => {
    const email = freshEmail();
    await portal.register({ email });
    const answer = await raw(
      [
        `POST ${target("/otter-kettle/v2/accounts/request-password-reset")} HTTP/1.1`,
        host,
        `Medable-Client-Key: ${portal.clientKey}`,
        "Content-Type: application/json",
      ],
      JSON.stringify({ email }),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    const [mail] = await mailsTo(email, /^Reset/);
    expect(letterOf(mail)).toEqual((await lettersWith({}))[2]);
  });
});

describe("a mail with the practice's name", () => {
  it("shows it as text: markup and line breaks in it add no link, no tag and no header", async () => {
    const name = `<a href="https://${evil}">Click</a> & "Sons" \u2028Bcc: x@${evil}`;
    const marked = await openPortal({}, { name });
    const { email } = await marked.register();
    const [mail] = await sentMessages(email);
    expect(mail?.html).not.toContain(`href="https://${evil}"`);
    expect(mail?.html).toContain("&lt;a href=&quot;");
    expect(mail?.subject).not.toMatch(/[\r\n\u2028]/);
    // The button and its address, and the address of the rejection.
    expect(mail?.html.match(/<a /g)).toHaveLength(3);
  });
  it("is not sent for a request with another vendor's client key", async () => {
    const stranger = await openPortal();
    const { email } = await portal.register();
    const before = (await sentMessages(email)).length;
    const headers = { "medable-client-key": stranger.clientKey };
    const answer = await portal.visitor().post("accounts/request-password-reset", { email }, { headers });
    expect(outcomeOf(answer)).toBe("kAccessDenied");
    expect(await sentMessages(email)).toHaveLength(before);
  });
});
