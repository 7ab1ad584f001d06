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
  },
  {
    kind: "passwordReset",
    to: "ben@example.com",
    practiceName,
    link: "https://riverside.portal.example.com/reset?token=ResetToken0000000000000000000001",
  },
  { kind: "passwordChanged", to: "cora@example.com", practiceName },
  { kind: "locked", to: "dan@example.com", practiceName, minutes: 15 },
  { kind: "mobileChanged", to: "eve@example.com", practiceName },
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
};

/** One message of every kind. */
export const messages: readonly Message[] = [...mails, textMessage, { kind: "decoy" }];
