import { shortened } from "../text.ts";
import { briefNameMax, type LockedFrom, type Mail, type Registered, type TextMessage } from "./outbox.ts";

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
  readonly action?: Action;
  /** What the reader can do instead, at the end. */
  readonly otherwise?: Action;
}

/** A link and what it does. */
interface Action {
  readonly label: string;
  readonly link: string;
}

type Templates = {
  readonly [Kind in Mail["kind"]]: (mail: Extract<Mail, { kind: Kind }>, practice: string, brief: string) => Letter;
};

// The mails do not say how long a link is valid. That is a rule of `lib/accounts`, and a second copy of it could become
// wrong.
const letters: Templates = {
  verification: ({ link, registered }, practice, brief) => ({
    subject: `Confirm your e-mail address for ${brief}`,
    paragraphs: [
      `An account was registered with this e-mail address at the portal of ${practice}${registered ? `: ${registeredText(registered)}` : ""}. If that was you, please confirm that the address is yours.`,
      "The link works once. If you did not register, do not confirm.",
    ],
    action: { label: "Confirm my e-mail address", link },
    ...(registered && {
      otherwise: { label: "It was not me: delete the account", link: registered.rejectLink },
    }),
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
  // Messages of an earlier release do not say from where the wrong passwords came.
  locked: ({ minutes, from = "stranger" }, practice, brief) => ({
    subject: `Your account at ${brief} is locked for now`,
    paragraphs: lockParagraphs[from](practice, minutes === 1 ? "1 minute" : `${minutes} minutes`),
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
  accountErased: (_mail, practice, brief) => ({
    subject: `Your account at ${brief} was deleted`,
    paragraphs: [
      `Your account at the portal of ${practice} was just deleted, with everything in it.`,
      `If that was not what you wanted, please tell ${practice}.`,
    ],
  }),
  devicesForgotten: (_mail, practice, brief) => ({
    subject: `Your devices for ${brief} were forgotten`,
    paragraphs: [
      `An administrator has made the portal of ${practice} forget one or all of the devices on which you sign in to your account.`,
      `Where the portal asks for a code on new devices, it will ask for one again. If you did not expect this, please tell ${practice}.`,
    ],
  }),
  mobileChanged: (_mail, practice, brief) => ({
    subject: `Your mobile number for ${brief} was changed`,
    paragraphs: [
      `The mobile number of your account at the portal of ${practice} was just changed.`,
      `If that was you, there is nothing to do. If it was not, please change your password now, and tell ${practice}.`,
    ],
  }),
  signInCode: ({ code }, practice, brief) => ({
    subject: `Your code for ${brief}`,
    paragraphs: [
      `Somebody, probably you, signs in to your account at the portal of ${practice} on a new device. The code is ${code}.`,
      `It works once, and only for a short time. If it was not you, please change your password now, and tell ${practice}.`,
      "Codes come by mail until you have confirmed the mobile number of your account.",
    ],
  }),
  totpAdded: (_mail, practice, brief) => ({
    subject: `An authenticator app for ${brief} was added`,
    paragraphs: [
      `An authenticator app was just added to your account at the portal of ${practice}. On a new device you sign in with your password and a code of this app.`,
      `If that was you, there is nothing to do. If it was not, please change your password now, and tell ${practice}.`,
    ],
  }),
  totpRemoved: (_mail, practice, brief) => ({
    subject: `The authenticator app for ${brief} was removed`,
    paragraphs: [
      `The authenticator app of your account at the portal of ${practice} was just removed. Nobody needs its codes any more to sign in.`,
      `If you did this or asked for it, there is nothing to do. If not, please change your password now, and tell ${practice}.`,
    ],
  }),
};

/** What is locked, and what to do, by from where wrong passwords came. */
const lockParagraphs: Readonly<Record<LockedFrom, (practice: string, time: string) => readonly string[]>> = {
  stranger: (practice, time) => [
    `A wrong password was entered several times for your account at the portal of ${practice}. To keep it safe, nobody can sign in to it on a new device for ${time}.`,
    "If that was you, wait and try again, or ask for a new password at the portal's sign-in page. If it was not, you need not do anything: those tries failed, and you can still sign in on devices that you have used before.",
  ],
  "known device": (practice, time) => [
    `A wrong password was entered several times for your account at the portal of ${practice}, on a device that was used for it before. To keep the account safe, nobody can sign in to it on such a device for ${time}.`,
    "If that was you, wait and try again, or ask for a new password at the portal's sign-in page. If it was not, somebody may have your device: those tries failed, but please make sure that you still have it.",
  ],
  session: (practice, time) => [
    `A wrong password was entered several times by somebody who is signed in to your account at the portal of ${practice}. To keep it safe, actions that ask for the password are locked for ${time}.`,
    "If that was you, wait and try again, or ask for a new password at the portal's sign-in page. If it was not, ask for a new password now: that ends every session.",
  ],
};

/** Who registered, when and from where. The name is in quotes, because a stranger may have typed it. */
const registeredText = ({ by, at, from }: Registered) =>
  `by "${printable(by)}", on ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC${from ? `, from the internet address ${printable(from)}` : ""}`;

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

/** Returns the text of an SMS; that of a code is in the contract's words. */
export function renderText(message: TextMessage): string {
  const practice = brief(printable(message.practiceName));
  return message.kind === "verificationCode"
    ? `Your ${practice} verification code is ${message.code}`
    : `Your ${practice} account has a new mobile number. If you did not change it, tell them.`;
}

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

function textOf({ paragraphs, action, otherwise }: Letter, practice: string): string {
  const [first = "", ...rest] = paragraphs;
  const linked = (link: Action | undefined) => (link ? [`${link.label}:\n${link.link}`] : []);
  return `${["Hello,", first, ...linked(action), ...rest, ...linked(otherwise), practice].join("\n\n")}\n`;
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

function htmlOf({ subject, paragraphs, action, otherwise }: Letter, practice: string): string {
  const [first = "", ...rest] = paragraphs.map((text) => `<p>${escaped(text)}</p>`);
  const href = action && escaped(action.link);
  const asked = action
    ? [
        `<p><a href="${href}" style="${style.button}">${escaped(action.label)}</a></p>`,
        `<p>If the button does not work, open this address:<br><a href="${href}" style="${style.link}">${href}</a></p>`,
      ]
    : [];
  const other = otherwise && escaped(otherwise.link);
  const refused = otherwise
    ? [`<p>${escaped(otherwise.label)}:<br><a href="${other}" style="${style.link}">${other}</a></p>`]
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
${["<p>Hello,</p>", first, ...asked, ...rest, ...refused, `<p>${escaped(practice)}</p>`].join("\n")}
</main>
</body>
</html>
`;
}
