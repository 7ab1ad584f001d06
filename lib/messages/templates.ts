import { shortened } from "../text.ts";
import { briefNameMax, type Mail, type TextMessage } from "./outbox.ts";

/** A mail as it is sent; `text` and `html` say the same. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The content of a mail, from which text and HTML are made. */
interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The link that the reader is asked to open. */
  readonly action?: { readonly label: string; readonly link: string };
}

type Templates = {
  readonly [Kind in Mail["kind"]]: (mail: Extract<Mail, { kind: Kind }>, practice: string, brief: string) => Letter;
};

// The mails do not say how long a link is valid. That is a rule of `lib/accounts`, and a second copy of it could become
// wrong.
const letters: Templates = {
  verification: ({ link }, practice, brief) => ({
    subject: `Confirm your e-mail address for ${brief}`,
    paragraphs: [
      `Thank you for registering at the portal of ${practice}. Please confirm that this e-mail address is yours.`,
      "The link works once. If you did not register, you can ignore this mail.",
    ],
    action: { label: "Confirm my e-mail address", link },
  }),
  passwordReset: ({ link }, practice, brief) => ({
    subject: `Reset your password for ${brief}`,
    paragraphs: [
      `Someone, probably you, asked for a new password for your account at the portal of ${practice}.`,
      "The link works once, and only for a short time. If you did not ask for it, you can ignore this mail: your password stays as it is.",
    ],
    action: { label: "Choose a new password", link },
  }),
  passwordChanged: (_mail, practice, brief) => ({
    subject: `Your password for ${brief} was changed`,
    paragraphs: [
      `The password of your account at the portal of ${practice} was just changed.`,
      `If that was you, there is nothing to do. If it was not, please ask for a new password at the portal's sign-in page now, and tell ${practice}.`,
    ],
  }),
  locked: ({ minutes }, practice, brief) => ({
    subject: `Your account at ${brief} is locked for now`,
    paragraphs: [
      `A wrong password was entered several times for your account at the portal of ${practice}. To keep it safe, nobody can sign in to it for ${minutes === 1 ? "1 minute" : `${minutes} minutes`}.`,
      "If that was you, wait and try again, or ask for a new password at the portal's sign-in page. If it was not, you need not do anything: those tries failed.",
    ],
  }),
  connectionInvitation: ({ link, inviter, message }, practice, brief) => ({
    subject: `You are invited to share an account at ${brief}`,
    paragraphs: [
      `${invitedBy(inviter, practice)} to share an account at the portal of ${practice}. To accept, open the link and sign in, or register.`,
      ...quotedMessage(message),
      "The link works once. If you did not expect this mail, you can ignore it.",
    ],
    action: { label: "Accept the invitation", link },
  }),
  registrationInvitation: ({ link, inviter, message }, practice, brief) => ({
    subject: `You are invited to register at ${brief}`,
    paragraphs: [
      `${invitedBy(inviter, practice)} to register at the portal of ${practice}.`,
      ...quotedMessage(message),
      "The link works once. If you did not expect this mail, you can ignore it.",
    ],
    action: { label: "Register", link },
  }),
  mobileChanged: (_mail, practice, brief) => ({
    subject: `Your mobile number for ${brief} was changed`,
    paragraphs: [
      `The mobile number of your account at the portal of ${practice} was just changed.`,
      `If that was you, there is nothing to do. If it was not, please change your password now, and tell ${practice}.`,
    ],
  }),
};

/** @param inviter absent when the practice itself invites */
const invitedBy = (inviter: string | undefined, practice: string) => `${printable(inviter ?? practice)} invites you`;

/** The inviter's own words, marked as such: each line is a paragraph. */
function quotedMessage(message = ""): string[] {
  const lines = message
    .split("\n")
    .map(printable)
    .filter((line) => line !== "");
  return lines.length > 0 ? ["They write:", ...lines] : [];
}

/**
 * Returns subject, text and HTML of a mail. It has no health information and no data about the reader, and loads
 * nothing from elsewhere.
 */
export function renderMail(mail: Mail): RenderedMail {
  const practice = printable(mail.practiceName);
  const letterOf = letters[mail.kind] as (mail: Mail, practice: string, brief: string) => Letter;
  const letter = letterOf(mail, practice, brief(practice));
  return { subject: letter.subject, text: textOf(letter, practice), html: htmlOf(letter, practice) };
}

/** Returns the text of an SMS, in the contract's words. */
export const renderText = ({ practiceName, code }: TextMessage): string =>
  `Your ${brief(printable(practiceName))} verification code is ${code}`;

/** Returns a name as it is in a subject or SMS. */
const brief = (name: string) => shortened(name, briefNameMax);

/**
 * Puts a name on one line. Replaces characters that could end a header or change the direction of the text that
 * follows.
 */
const printable = (name: string) =>
  name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, " ")
    .trim();

function textOf({ paragraphs, action }: Letter, practice: string): string {
  const [first = "", ...rest] = paragraphs;
  const asked = action ? [`${action.label}:\n${action.link}`] : [];
  return `${["Hello,", first, ...asked, ...rest, practice].join("\n\n")}\n`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

const style = {
  body: "margin:0;padding:24px;background:#f3f4f6;color:#1f2328;font:16px/1.5 Arial,Helvetica,sans-serif",
  main: "max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px",
  button:
    "display:inline-block;padding:12px 20px;background:#1a4f8b;color:#ffffff;border-radius:6px;text-decoration:none",
  link: "color:#1a4f8b;word-break:break-all",
};

function htmlOf({ subject, paragraphs, action }: Letter, practice: string): string {
  const [first = "", ...rest] = paragraphs.map((text) => `<p>${escaped(text)}</p>`);
  const href = action && escaped(action.link);
  const asked = action
    ? [
        `<p><a href="${href}" style="${style.button}">${escaped(action.label)}</a></p>`,
        `<p>If the button does not work, open this address:<br><a href="${href}" style="${style.link}">${href}</a></p>`,
      ]
    : [];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(subject)}</title>
</head>
<body style="${style.body}">
<main style="${style.main}">
${["<p>Hello,</p>", first, ...asked, ...rest, `<p>${escaped(practice)}</p>`].join("\n")}
</main>
</body>
</html>
`;
}
