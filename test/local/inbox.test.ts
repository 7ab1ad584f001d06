import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it, vi } from "vitest";
import { renderMail } from "../../lib/messages/templates.ts";
import { inboxPages, openInbox } from "../../local/inbox.ts";
import { queue, recordOfAll } from "../lib/messages/queue.ts";
import { mails, textMessage } from "../lib/messages/samples.ts";

process.env.MAIL_FROM = "Frontdesk <portal@example.com>";
const inbox = await openInbox(String(process.env.AWS_ENDPOINT_URL_DYNAMODB), "frontdesk");
afterAll(() => inbox.stop());

const pages = inboxPages(Promise.resolve(inbox));
const listed = async () => JSON.parse(String((await pages["GET /_local/messages"]()).body));

describe("GET /_local/messages", () => {
  it("answers with all messages that were queued before the request, newest first", async () => {
    expect(await listed()).toEqual([]);
    for (const message of [...mails, textMessage]) await queue(message);
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const expected = [
      ...mails.map((mail) => ({ channel: "email", to: mail.to, ...renderMail(mail), at })),
      {
        channel: "sms",
        to: "+16505555555",
        subject: "",
        text: `Your <script>"&' verification code is 048213`,
        html: "",
        at,
      },
    ];
    expect(await listed()).toEqual(expected.reverse());
    expect(await listed()).toHaveLength(expected.length);
  });

  it("answers with messages that were queued as one item too", async () => {
    const before = (await listed()).length;
    // To other people: of the mails about a lock, one address gets one in six hours.
    const others = mails.map((mail) => ({ ...mail, to: `other.${mail.to}` }));
    await recordOfAll(others);
    const subjects = (await listed()).slice(0, -before).map(({ subject }: { subject: string }) => subject);
    expect(subjects.sort()).toEqual(others.map((mail) => renderMail(mail).subject).sort());
  });

  it("is JSON that must not be cached", async () => {
    const { statusCode, headers } = await pages["GET /_local/messages"]();
    expect(statusCode).toBe(200);
    expect(headers).toEqual({ "content-type": "application/json", "cache-control": "no-store" });
  });

  it("answers with the messages that have arrived when the stream cannot be read", async () => {
    const pump = { ...inbox.pump, drain: () => Promise.reject(new Error("stopped")) };
    const { body } = await inboxPages(Promise.resolve({ ...inbox, pump }))["GET /_local/messages"]();
    expect(JSON.parse(String(body))).toEqual(inbox.outside.messages());
  });

  it("does not resend messages that were sent before a restart", async () => {
    const before = await listed();
    const restarted = await openInbox(String(process.env.AWS_ENDPOINT_URL_DYNAMODB), "frontdesk");
    await restarted.pump.drain();
    expect(restarted.outside.messages()).toEqual([]);
    await restarted.stop();
    expect(await listed()).toEqual(before);
  });

  it("answers with all messages also when the engine's file has another format", async () => {
    const folder = mkdtempSync(join(tmpdir(), "frontdesk-test-"));
    const file = join(folder, "table.sqlite");
    new DatabaseSync(file).close();
    const lines = vi.spyOn(console, "error").mockImplementation(() => {});
    const degraded = await openInbox(String(process.env.AWS_ENDPOINT_URL_DYNAMODB), "frontdesk", file);
    try {
      await queue({ ...textMessage, to: "+16505550125" });
      await degraded.pump.drain();
      // The worker keeps its first connection.
      expect(inbox.outside.messages()[0]).toMatchObject({ to: "+16505550125" });
      expect(lines.mock.calls.map(([line]) => line)).toEqual([
        expect.stringMatching(/^The table's stream cannot be shortened/),
        expect.stringMatching(
          /^The table's stream cannot be read in the engine's file, so the engine is asked: no such table/,
        ),
      ]);
    } finally {
      lines.mockRestore();
      await degraded.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("DELETE /_local/messages", () => {
  it("deletes all messages, also those that were queued before and have not arrived yet", async () => {
    await queue({ ...textMessage, to: "+16505550123" });
    expect(await pages["DELETE /_local/messages"]()).toEqual({ statusCode: 204 });
    expect(await listed()).toEqual([]);
    await queue({ ...textMessage, to: "+16505550124" });
    expect(await listed()).toMatchObject([{ to: "+16505550124" }]);
  });
});

describe("GET /_local/", () => {
  it("is a page that may run scripts and send requests of its own origin only", async () => {
    const { statusCode, headers = {}, body = "" } = pages["GET /_local/"]();
    expect(statusCode).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    const policy = Object.fromEntries(
      String(headers["content-security-policy"])
        .split("; ")
        .map((directive) => directive.split(/ (.*)/s)),
    );
    expect(policy).toEqual({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src-elem": "'self'",
      "style-src-attr": "'unsafe-inline'",
      "connect-src": "'self'",
      "img-src": "data:",
      "base-uri": "'none'",
      "form-action": "'none'",
      "frame-ancestors": "'none'",
    });
    expect(body).not.toMatch(/https?:|["'(=]\/\/|<style|style=|<script>/);
    const { body: script = "" } = pages["GET /_local/inbox.js"]();
    expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|allow-scripts|allow-same-origin/);
  });

  it("redirects from the address without the last slash", async () => {
    expect(pages["GET /_local"]()).toEqual({ statusCode: 308, headers: { location: "/_local/" } });
  });
});
