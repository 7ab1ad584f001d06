import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mailSettings } from "../settings.ts";
import { isText, type Mail, type Message, type TextMessage } from "./outbox.ts";
import { renderMail, renderText } from "./templates.ts";

/** Sending ends within eleven seconds, with success or failure. */
const bounded = {
  maxAttempts: 2,
  requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true },
};
/** How long a worker reserves a message in order to count and send it. Its function never runs longer. */
export const sendLeaseMs = 30_000;

let mailClient: SESv2Client | undefined;
let textClient: SNSClient | undefined;

/** Errors with which AWS refuses a message for good. */
const refusals = new Set([
  "MessageRejected",
  "BadRequestException",
  "InvalidParameterException",
  "InvalidParameterValueException",
]);

/** AWS refused the message for good. `cause` is AWS's error, which may quote the message. */
export class Refused extends Error {}

/**
 * Sends a message: mail by SES, text by SNS. Does nothing for a decoy.
 * @returns how it was sent; `undefined` for a decoy
 * @throws Refused when another try would fail too; any other error when another try may succeed
 */
export async function sendMessage(message: Message): Promise<"mail" | "text" | undefined> {
  if (message.kind === "decoy") return undefined;
  try {
    if (isText(message)) {
      await sendText(message);
      return "text";
    }
    await sendMail(message);
    return "mail";
  } catch (error) {
    if (error instanceof Error && refusals.has(error.name)) throw new Refused("refused", { cause: error });
    throw error;
  }
}

async function sendMail(mail: Mail): Promise<void> {
  const { MAIL_FROM, MAIL_CONFIGURATION_SET } = mailSettings();
  const { subject, text, html } = renderMail(mail);
  const content = (Data: string) => ({ Data, Charset: "UTF-8" });
  mailClient ??= new SESv2Client(bounded);
  await mailClient.send(
    new SendEmailCommand({
      FromEmailAddress: MAIL_FROM,
      ConfigurationSetName: MAIL_CONFIGURATION_SET,
      Destination: { ToAddresses: [mail.to] },
      Content: { Simple: { Subject: content(subject), Body: { Text: content(text), Html: content(html) } } },
    }),
  );
}

async function sendText(message: TextMessage): Promise<void> {
  textClient ??= new SNSClient(bounded);
  await textClient.send(
    new PublishCommand({
      PhoneNumber: message.to,
      Message: renderText(message),
      MessageAttributes: { "AWS.SNS.SMS.SMSType": { DataType: "String", StringValue: "Transactional" } },
    }),
  );
}
