import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { ListTopicsCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, describe, expect, it } from "vitest";
import { startOutside } from "../../local/outside.ts";
import { failNext, sentMessages } from "../kit/outside.ts";
import { queue } from "../lib/messages/queue.ts";
import { mails, textMessage } from "../lib/messages/samples.ts";

const [verification] = mails;
if (!verification) throw new Error("samples are missing");

describe("the messages of a test", () => {
  it("are sent when the test asks for them", async () => {
    expect(await sentMessages()).toEqual([]);
    await queue(verification);
    const [mail] = await sentMessages();
    expect(mail).toMatchObject({ channel: "email", to: "ada@example.com" });
    await queue(textMessage);
    const [sms, before] = await sentMessages();
    expect(sms).toMatchObject({ channel: "sms", to: "+16505555555" });
    expect(before).toEqual(mail);
    expect(await sentMessages("ada@example.com")).toEqual([mail]);
  });

  it("arrive even if SES fails at first", async () => {
    const before = (await sentMessages()).length;
    failNext(2);
    await queue(verification);
    expect(await sentMessages()).toHaveLength(before + 1);
  });
});

describe("the local replacement for AWS", async () => {
  const outside = await startOutside();
  afterAll(() => outside.stop());
  const ses = new SESv2Client({ endpoint: String(outside.environment.AWS_ENDPOINT_URL_SESV2), maxAttempts: 1 });
  const sns = new SNSClient({ endpoint: String(outside.environment.AWS_ENDPOINT_URL_SNS), maxAttempts: 1 });
  const mailTo = (...ToAddresses: string[]) =>
    ses.send(
      new SendEmailCommand({
        FromEmailAddress: "portal@example.com",
        Destination: { ToAddresses },
        Content: { Simple: { Subject: { Data: "Zoë" }, Body: { Text: { Data: "text" } } } },
      }),
    );
  const textTo = (PhoneNumber: string, Message = "text") => sns.send(new PublishCommand({ PhoneNumber, Message }));

  it("answers with message ids, and keeps the messages and requests", async () => {
    const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    expect((await mailTo("a@example.com")).MessageId).toMatch(uuid);
    expect((await textTo("+16505555555", "<&>\n+ä")).MessageId).toMatch(uuid);
    expect(outside.messages()).toMatchObject([
      { channel: "sms", to: "+16505555555", subject: "", text: "<&>\n+ä", html: "" },
      { channel: "email", to: "a@example.com", subject: "Zoë", text: "text", html: "" },
    ]);
  });

  it("refuses callers that do not know its path, such as a page that has found its port", async () => {
    const { origin, pathname } = new URL(String(outside.environment.AWS_ENDPOINT_URL_SNS));
    expect(pathname).toMatch(/^\/[0-9a-f]{32}$/);
    const before = outside.messages();
    const sms = new URLSearchParams({ Action: "Publish", PhoneNumber: "+16505555555", Message: "forged" });
    const mail = JSON.stringify({
      Destination: { ToAddresses: ["a@example.com"] },
      Content: { Simple: { Subject: { Data: "forged" }, Body: { Text: { Data: "forged" } } } },
    });
    expect((await fetch(`${origin}/`, { method: "POST", body: sms })).status).toBe(403);
    expect((await fetch(`${origin}/v2/email/outbound-emails`, { method: "POST", body: mail })).status).toBe(403);
    expect(outside.messages()).toEqual(before);
  });

  it("refuses what AWS refuses", async () => {
    await expect(mailTo()).rejects.toMatchObject({ name: "BadRequestException" });
    await expect(textTo("6505555555")).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(textTo("+16505555555", "")).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(sns.send(new ListTopicsCommand({}))).rejects.toMatchObject({ name: "InvalidAction" });
  });

  it("fails as often as the test says", async () => {
    const before = outside.messages().length;
    outside.failNext(2);
    await expect(mailTo("b@example.com")).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await expect(textTo("+16505555555")).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await mailTo("b@example.com");
    outside.failNext(1, { status: 400, code: "MessageRejected" });
    await expect(mailTo("b@example.com")).rejects.toMatchObject({ name: "MessageRejected" });
    expect(outside.messages()).toHaveLength(before + 1);
  });

  it("keeps the latest 500", async () => {
    for (let place = 0; place <= 500; place++) await mailTo(`${place}@example.com`);
    const kept = outside.messages();
    expect(kept).toHaveLength(500);
    expect([kept[0]?.to, kept[499]?.to]).toEqual(["500@example.com", "1@example.com"]);
  });
});
