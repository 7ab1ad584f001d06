import type { Mail, Message, TextMessage } from "../../../lib/messages/outbox.ts";

/** A practice whose name causes harm if it is not escaped. */
export const practiceName = `<script>"&'`;

/** One mail of every kind. */
export const mails: readonly Mail[] = [
  {
    kind: "verification",
    to: "ada@example.com",
    practiceName,
    link: "https://riverside.portal.example.com/verify?token=VerificationToken00000000000001&a=b",
    registered: {
      by: "Charles Best",
      at: "2026-03-02T19:03:58.123Z",
      from: "203.0.113.7",
      rejectLink: "https://riverside.portal.example.com/reject?token=VerificationToken00000000000001&a=b",
    },
  },
  {
    kind: "passwordReset",
    to: "ben@example.com",
    practiceName,
    link: "https://riverside.portal.example.com/reset?token=ResetToken0000000000000000000001",
  },
  { kind: "passwordChanged", to: "cora@example.com", practiceName },
  { kind: "locked", to: "dan@example.com", practiceName, from: "stranger", minutes: 15, portal: "0a1b".repeat(16) },
  { kind: "mobileChanged", to: "eve@example.com", practiceName },
  { kind: "signInCode", to: "hal@example.com", practiceName, code: "048213" },
  { kind: "devicesForgotten", to: "gus@example.com", practiceName },
  { kind: "totpAdded", to: "ida@example.com", practiceName },
  { kind: "totpRemoved", to: "jim@example.com", practiceName },
  { kind: "accountErased", to: "hal@example.com", practiceName },
  {
    kind: "connectionInvitation",
    to: "fay@example.com",
    practiceName,
    link: "https://riverside.portal.example.com/connect?token=ConnectToken00000000000000000001",
    inviter: "Mary Best",
    message: "Have a look.",
  },
  {
    kind: "registrationInvitation",
    to: "guy@example.com",
    practiceName,
    link: "https://riverside.portal.example.com/register?token=RegisterToken0000000000000000001",
  },
];

export const textMessage: TextMessage = {
  kind: "verificationCode",
  to: "+16505555555",
  practiceName,
  code: "048213",
  sender: { portal: "0a1b".repeat(16), smsPerDay: 500 },
};

/** One message of every kind. */
export const messages: readonly Message[] = [...mails, textMessage, { kind: "decoy" }];
