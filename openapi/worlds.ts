/**
 * Worlds: the records that exist before an example is sent, and who sends it. `test/kit/worlds.ts` creates them, each with
 * fresh names instead of those in `openapi/samples.ts`. So many worlds can be in one table at the same time.
 */
export const worlds = {
  nothing: "Only the vendor.",

  practice: "The sample practice, with all fields.",
  "inactive practice": "The sample practice, inactive.",
  "inactive practice with a user": "The same, with a user in it.",
  "two practices": "The sample practice and another one.",
  "fifty practices": "Fifty practices, each with a user. The sample practice has fifty organizations.",
  "practice without a Direct domain": "The sample practice, without a Direct domain and a Direct address.",
  "web address taken": "Another practice has the sample practice's web address.",
  "Direct domain taken": "Another practice has the sample practice's Direct domain.",
  "practice, web address taken": "The sample practice without unique names; another practice has its web address.",
  "practice, Direct domain taken": "The sample practice without unique names; another practice has its Direct domain.",
  "Direct address claimed": "A claim of a Direct address in the sample practice; the practice itself does not exist.",
  "practice, Direct address taken": "The sample practice; one of its users has the Direct address `office`.",

  user: "The sample practice and the sample user, both with all fields.",
  "two users": "The sample practice, the sample user, and another user of the practice.",
  "login taken": "The sample practice; another user has the login `ada`.",
  "Direct address taken": "The sample practice; another user has the Direct address `ada`.",
  "least user": "The sample practice; the sample user has only the required fields.",
  "least user, login taken": "As `least user`; another user has the login `ada`.",
  "least user, Direct address taken": "As `least user`; another user has the Direct address `ada`.",
  "least user without a Direct domain": "As `least user`, in a practice without a Direct domain.",

  organization: "The sample practice and the sample organization.",
  "two organizations": "As `organization`, and another organization of the same therapist.",
  profile: "The sample practice and the sample therapist's profile.",

  portal: "The sample portal without accounts. A visitor sends.",
  "portal for an origin": "As `portal`; pages of the origin https://app.example.org are allowed.",
  "closed portal": "As `portal`; people may not register themselves.",
  "server and portal": "The sample portal. A server with application credentials sends.",
  holder: "The sample account. Its holder sends, signed in.",
  "holder with two sessions": "The sample account, signed in on two devices. Its holder sends.",
  account: "The sample account. A visitor without a session sends.",
  "account, second factor": "As `account`; the portal requires a second factor.",
  "account, device with code": "As `account, second factor`; a code was sent to the visitor's device.",
  "account locked": "The sample account, locked by an administrator. A visitor sends.",
  "account guessed at": "The sample account, locked after wrong passwords. Its holder sends, still signed in.",
  "server and account": "The sample account. A server with application credentials sends.",
  "image begun": "The sample account; the upload of its image has begun. Its holder sends.",
  "image refused": "The sample account; the file that was uploaded is not a picture. Its holder sends.",
  "image ready": "The sample account, with an image. Its holder sends.",
  "server and image": "The sample account, with an image. A server with application credentials sends.",
  provider: "The sample account. A provider of the portal sends.",
  administrator: "The sample account. An administrator of the portal sends.",
  "twenty accounts, provider": "Twenty accounts. A provider of the portal sends.",
  "verification mailed": "The sample account, and a mail to verify its address. Its holder sends.",
  "verification mailed, no session": "As `verification mailed`, but a visitor sends.",
  "verification mailed long ago": "As `verification mailed`; the mail is eight days old.",
  verified: "The sample account, its e-mail address verified. Its holder sends.",
  "reset mailed": "The sample account, and a mail to reset its password. A visitor sends.",
  "reset mailed long ago": "As `reset mailed`; the mail is 61 minutes old.",
} as const;

/** Name of a world. */
export type WorldName = keyof typeof worlds;
