import type { Family, Operation } from "../lib/operations.ts";

/** The general texts of the document: its introduction, its tags, and a sentence about credentials for each operation. */

/** The bodies of answers that come from the gateway, `{"message":"…"}`, by HTTP status. */
export const gatewayMessages = {
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

const gatewayAnswer = (status: keyof typeof gatewayMessages) =>
  `${status} \`${JSON.stringify({ message: gatewayMessages[status] })}\``;

/** The call that the introduction shows, and its answer where the practice does not exist yet. */
const firstCall = {
  path: "/api/io/PracticeSave",
  body: {
    auth: { applicationId: "demo", applicationPassword: "demo-application-password" },
    accountId: "practice-1",
    name: "Riverside Clinic",
    websiteAddress: "riverside",
  },
  answer: {
    successful: true,
    responseMessage: "OK",
    responseCode: 2000,
    accountId: "practice-1",
    action: "create",
  },
} as const;

/** The link to a tag's operations, as Swagger UI understands it. */
const doorTo = (name: string) => `[${name}](#/${encodeURIComponent(name)})`;

/** The tag of each family: its name, and what holds for all of its operations. The first paragraph is a summary. */
export const tags: Readonly<Record<Exclude<Family, "edge">, { name: string; description: string }>> = {
  practices: {
    name: "Practices and users",
    description: `
Vendors keep their practices, the people who work there, and the settings of the practices' portals.

- A **vendor** is a system that integrates with Frontdesk, such as an EHR. It owns practices, and calls for them with the
  id and password of its *application*.
- A **practice** is a clinic or an office: the tenant. Its key is called \`accountId\`. Users, organizations, profiles and
  portal accounts each belong to one practice.
- A **user** is a person who works in a practice. The practice's vendor creates users.

**Requests.** Send \`POST\` with a JSON object. \`Content-Type\` is ignored. Send credentials in the body's \`auth\` or in
headers. \`null\` and \`""\` mean absent, and text is trimmed. A number is accepted where text is expected. The texts
\`"true"\` and \`"false"\` are accepted as booleans, and digits as a number. The schemas describe only the plain form.

**Answers.** Every answer that the operation decides has HTTP 200, failures included: look at \`successful\` and
\`responseCode\`. A failure has no result. An unknown path or verb has code 4000. A path with a slash at its end is unknown.
\`Frontdesk-Ignored: a, b\` names fields of the request that do not exist; at most 20, percent-encoded.
`.trim(),
  },
  therapists: {
    name: "Therapists",
    description: `
Organizations of therapists, and the therapists' profiles, within one practice.

**Requests.** A body is \`application/json\` or of a media type that ends in \`+json\`. Send credentials in headers or in a
body's \`auth\`. A slash at the end of a path makes no difference.

**Answers.** These operations are plain HTTP: the status says what happened to the request. A failure is a problem
document (RFC 9457), also for an unknown path or verb. \`Frontdesk-Ignored: a, b\` names fields of the body or the query that
do not exist; at most 20, percent-encoded.
`.trim(),
  },
  accounts: {
    name: "Portal accounts",
    description: `
People register and sign in at the portal of a practice, and keep their accounts there.

- A **portal** is the place where patients and staff of one practice register and sign in. \`{org}\` in a path is the
  practice's \`websiteAddress\`.
- A person's account there is a *portal account*, and that person is its **holder**.

**Credentials.** Send the vendor's public client key with every call. Register and login set the cookie \`md.sid\` and
return a \`Medable-Csrf-Token\`. Send this token back with every call that writes. A server may call with application
credentials instead. It then acts as an administrator of that practice's portal.

**Requests.** A body is \`application/json\`, or \`application/x-www-form-urlencoded\` with names in brackets:
\`name[first]=…\`, arrays as \`roles[]=…\`, objects in arrays as \`preferences[notifications][0][label]=…\`, booleans as
\`true\` and \`false\`. A urlencoded body cannot contain \`null\`. A slash at the end of a path makes no difference.

**Answers.** A failure is an object with \`"object":"fault"\` and a \`code\`. For an unknown path the code is \`kNotFound\`, for
an unknown verb \`kUnsupportedOperation\`.

**Headers.** Answers of portals also have \`Vary: Origin\`. Pages of the portal's \`allowedOrigins\` also get
\`Access-Control-Allow-Origin\`, \`Access-Control-Allow-Credentials: true\` and
\`Access-Control-Expose-Headers: Medable-Csrf-Token, Frontdesk-Request-Id, Idempotent-Replayed, Retry-After\`. An answer to a body that cannot be read has
none of these four.
`.trim(),
  },
};

/** The tag of addresses whose operation is described under another address. `docs/openapi.core.json` leaves it out. */
export const otherAddresses = {
  name: "Other addresses",
  description: `
Each leads to an operation that is described under its first address.

The same operations have other addresses, which older clients use. Each names its operation in \`x-alias-of\`.
\`/openapi.core.json\` is this document without them.
`.trim(),
};

/** The introduction: what this is, a first call, and what all families share. */
export const introduction = `
Frontdesk is the directory of a healthcare product: practices and the users who work in them, therapist organizations and
profiles, and the portal accounts that patients and staff sign in with.

## A first call

\`npm start\` runs all of this on your machine, with the demo vendor. There, this call creates a practice:

\`\`\`sh
curl http://localhost:3000${firstCall.path} -d '${JSON.stringify(firstCall.body)}'
\`\`\`

Its answer:

\`\`\`json
${JSON.stringify(firstCall.answer)}
\`\`\`

Send it again, and the answer says \`"action":"update"\`. The examples below use the same vendor. You can try them unchanged.

## Three families

Requests and answers of each family look different.

- ${doorTo(tags.practices.name)} at \`/api/io\`: a vendor creates practices and the people who work there, and sets up
  their portals.
- ${doorTo(tags.therapists.name)} at \`/therapist\`: a practice keeps its therapist organizations and the profiles of its
  therapists.
- ${doorTo(tags.accounts.name)} at \`/{org}/v2\`: patients and staff register and sign in at the portal of a practice, and
  keep their accounts there.

## What all families share

- **Requests.** A body has at most 256 KiB. \`HEAD\` works wherever \`GET\` does, except at paths with a slash at their
  end, and answers without the body. An unknown path answers 404, and an unknown verb 405 with \`Allow\`. Both have the form
  of their family.
- **Failures.** The [page of errors](/docs/errors.html) says of every code why it happens and what to do.
- **Sending again.** HTTP 503 with \`Retry-After\` means that nothing was written. You may send the same request again.
  \`x-repeatable\` says for each operation whether you may also do so when its answer was lost. \`with id\` means that you may
  do so only if the body has an \`id\`.
- **Too many calls.** Where strangers try passwords, register or have mail sent, an address and an application may call an
  operation only so often in a minute. Then the answer is HTTP 429 with \`Retry-After\`, in the form of the family, and nothing was
  done.
- **Idempotency keys.** Every write but the login takes an \`Idempotency-Key\`: a text of your own, such as a UUID, for each thing
  that you want done. For 24 hours, the same request with the same key is not carried out again. It gets the first answer
  again, with \`Idempotent-Replayed: true\`. A refused request keeps nothing, and its key may be used again.
- **Headers.** Every answer of the service has the headers that are described, and \`Frontdesk-Request-Id\` (the id under
  which the call is logged), \`Strict-Transport-Security\`, \`X-Content-Type-Options: nosniff\`, \`Cache-Control: no-store\`
  (unless another value is described) and, if it has a body, \`Content-Type\`.
- **The gateway** in front of the service has answers of its own. ${gatewayAnswer(429)} means too many requests of
  all callers together: nothing was done. ${gatewayAnswer(413)} means that the body exceeds the limit of the gateway, and
  ${gatewayAnswer(431)} that the request line and the values of all headers have more than 10,240 bytes together. ${gatewayAnswer(500)} and
  ${gatewayAnswer(503)} mean that a function crashed or could not be reached. In that case something may have been written.
`.trim();

const portalCaller = (what: string, byHolderOnly: boolean) =>
  byHolderOnly ? `${what}.` : `${what}; or application credentials.`;

/** Which credentials the caller of an operation sends. */
export function credentialsSentence({ tier }: Operation, byHolderOnly = false): string {
  switch (tier) {
    case "none":
      return "Needs no credentials.";
    case "vendor":
      return "Tier *vendor*: send the application's id and password.";
    case "account":
      return (
        "Tier *account*: send the application's id and password, and the id of an active practice of that vendor. A " +
        "user of the practice with `admin: true` may sign in instead."
      );
    case "user":
      return (
        "Tier *user*: send the application's id and password, the id of an active practice of that vendor, and the id " +
        "of an active user of that practice. That user may sign in instead."
      );
    case "portal":
      return portalCaller("Tier *portal*: send the vendor's client key", byHolderOnly);
    case "visitor":
      return portalCaller(
        "Tier *visitor*: send the vendor's client key, and the session if there is one",
        byHolderOnly,
      );
    case "session":
      return portalCaller("Tier *session*: send the vendor's client key and the session", byHolderOnly);
  }
}
