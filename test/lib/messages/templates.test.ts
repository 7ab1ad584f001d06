import { describe, expect, it } from "vitest";
import type { Mail } from "../../../lib/messages/outbox.ts";
import { renderMail, renderText } from "../../../lib/messages/templates.ts";
import { mails, practiceName, textMessage } from "./samples.ts";

const mail = (kind: Mail["kind"], change: Partial<Mail> = {}) =>
  ({ ...mails.find((candidate) => candidate.kind === kind), ...change }) as Mail;

/** The text of HTML as a reader sees it, with entities decoded. */
const seen = (html: string) =>
  html
    .replace(/^.*<body[^>]*>/s, "")
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");

const words = (text: string) => text.split(/\s+/).filter(Boolean).join(" ");

describe("mail", () => {
  it("asks to confirm the address", () => {
    const { subject, text } = renderMail(mail("verification", { practiceName: "Riverside Clinic" }));
    expect(subject).toBe("Confirm your e-mail address for Riverside Clinic");
    expect(text).toBe(`Hello,

An account was registered with this e-mail address at the portal of Riverside Clinic: by "Charles Best", on 2026-03-02 at 19:03 UTC, from the internet address 203.0.113.7. If that was you, please confirm that the address is yours.

Confirm my e-mail address:
https://riverside.portal.example.com/verify?token=VerificationToken00000000000001&a=b

The link works once. If you did not register, do not confirm.

It was not me: delete the account:
https://riverside.portal.example.com/reject?token=VerificationToken00000000000001&a=b

Riverside Clinic
`);
  });

  it.each([
    ["passwordReset", "Reset your password for Riverside Clinic", "asked for a new password"],
    ["passwordChanged", "Your password for Riverside Clinic was changed", "was just changed"],
    [
      "locked",
      "Your account at Riverside Clinic is locked for now",
      "nobody can sign in to it on a new device for 15 minutes.",
    ],
    [
      "connectionInvitation",
      "You are invited to share an account at Riverside Clinic",
      "Mary Best invites you to share an account",
    ],
    [
      "registrationInvitation",
      "You are invited to register at Riverside Clinic",
      "Riverside Clinic invites you to register",
    ],
    ["accountErased", "Your account at Riverside Clinic was deleted", "was just deleted"],
    ["devicesForgotten", "Your devices for Riverside Clinic were forgotten", "it will ask for one again"],
    ["totpAdded", "An authenticator app for Riverside Clinic was added", "was just added"],
    ["totpRemoved", "The authenticator app for Riverside Clinic was removed", "was just removed"],
    ["mobileChanged", "Your mobile number for Riverside Clinic was changed", "The mobile number of your account"],
  ] as const)("says what happened: %s", (kind, subject, saying) => {
    const rendered = renderMail(mail(kind, { practiceName: "Riverside Clinic" }));
    expect(rendered.subject).toBe(subject);
    expect(rendered.text).toContain(saying);
    expect(rendered.text).toContain("portal of Riverside Clinic");
  });

  it.each([
    ["stranger", "you can still sign in on devices that you have used before"],
    ["known device", "on a device that was used for it before"],
    ["session", "by somebody who is signed in to your account"],
  ] as const)("says what is locked after wrong passwords from a %s", (from, saying) => {
    expect(renderMail(mail("locked", { from })).text).toContain(saying);
  });

  it("of a lock can be sent when an earlier release queued it", () => {
    const { from, ...earlier } = mail("locked") as Extract<Mail, { kind: "locked" }>;
    expect(renderMail(earlier as Mail).text).toContain("on a new device for 15 minutes.");
  });

  it("counts one minute as one", () => {
    expect(renderMail(mail("locked", { minutes: 1 })).text).toContain("for 1 minute.");
  });

  it.each(mails)("says the same in text and in HTML: $kind", (sample) => {
    const { text, html } = renderMail(sample);
    const link = "link" in sample ? sample.link : undefined;
    const plain = words(text)
      .replace(link ? `: ${link}` : "", "")
      .replace(/: (https:\S+\/reject\S+)/, ":$1");
    const shown = words(seen(html)).replace(link ? ` If the button does not work, open this address:${link}` : "", "");
    expect(shown).toBe(plain);
  });

  it.each(mails.filter((sample) => "link" in sample))("has the link in text and in HTML: $kind", (sample) => {
    const { text, html } = renderMail(sample);
    const link = String("link" in sample && sample.link);
    expect(text.split("\n")).toContain(link);
    const targets = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href?.replaceAll("&amp;", "&"));
    const others = sample.kind === "verification" ? [sample.registered?.rejectLink] : [];
    expect(targets).toEqual([link, link, ...others]);
    expect(seen(html)).toContain(`open this address:${link}`);
  });

  it.each(mails)("shows any name as text, never as markup: $kind", (sample) => {
    const { subject, text, html } = renderMail(sample);
    expect(subject).toContain(practiceName);
    expect(text).toContain(practiceName);
    expect(html).toContain("&lt;script&gt;&quot;&amp;&#39;");
    expect(html).not.toContain("<script");
    const attributes = html.replace(/<(\w+)((?: \w+="[^"<>]*")*)>/g, "").replace(/<\/\w+>|<!doctype html>/g, "");
    expect(attributes).not.toMatch(/[<>"']/);
  });

  it("does not name its reader", () => {
    for (const sample of mails) expect(JSON.stringify(renderMail(sample))).not.toContain(sample.to);
  });

  it("loads nothing from elsewhere", () => {
    for (const sample of mails) expect(renderMail(sample).html).not.toMatch(/<(img|link|script|iframe)|url\(|@import/i);
  });

  it.each(["a\r\nBcc: victim@example.com", "a\nb", "a\rb", "a\u2028b\u2029c\u0085d\u0000e", "a\u202eb\u2066c"])(
    "puts a name on one line and in one direction: %j",
    (name) => {
      for (const sample of mails) {
        const { subject, text } = renderMail({ ...sample, practiceName: name });
        expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(text).not.toMatch(/\r|[\u2028\u2029\u0085\u0000\u202e\u2066]|^Bcc|^b/m);
      }
      expect(renderMail(mail("verification", { practiceName: name })).subject).toMatch(/ for a /);
    },
  );

  it("shortens a long name in the subject, not in the body", () => {
    const name = "\u{1f600}".repeat(127);
    for (const sample of mails) {
      const { subject, text, html } = renderMail({ ...sample, practiceName: name });
      expect(subject).toContain("\u{1f600}".repeat(60));
      expect([...subject].length).toBeLessThanOrEqual(100);
      expect(subject.isWellFormed()).toBe(true);
      expect(text).toContain(name);
      expect(html).toContain(name);
    }
  });

  it("repairs a name that is not well-formed text", () => {
    const { subject, html } = renderMail(mail("verification", { practiceName: "A \ud83d B" }));
    expect(subject).toBe("Confirm your e-mail address for A \ufffd B");
    expect(html.isWellFormed()).toBe(true);
  });
});

describe("SMS", () => {
  it("has the contract's words", () => {
    const text = renderText({ ...textMessage, practiceName: "Riverside Clinic" });
    expect(text).toBe("Your Riverside Clinic verification code is 048213");
  });

  it("has the unchanged name", () => {
    expect(renderText(textMessage)).toBe(`Your <script>"&' verification code is 048213`);
  });

  it("shortens a long name, between characters", () => {
    const text = renderText({ ...textMessage, practiceName: `${"a".repeat(59)}\u{1f600}${"b".repeat(195)}` });
    expect(text).toBe(`Your ${"a".repeat(59)}\u{1f600} verification code is 048213`);
    const spaced = renderText({ ...textMessage, practiceName: `${"a".repeat(59)} ${"b".repeat(195)}` });
    expect(spaced).toBe(`Your ${"a".repeat(59)} verification code is 048213`);
  });

  it("stays on one line", () => {
    expect(renderText({ ...textMessage, practiceName: "A\r\nB" })).toBe("Your A  B verification code is 048213");
  });
});
