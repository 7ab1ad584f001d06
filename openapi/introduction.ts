import type { Family, Operation } from "../lib/operations.ts";

/** The general texts of the document: its introduction, its tags, and a sentence about credentials for each operation. */

/** The bodies of answers that come from the gateway, `{"message":"…"}`, by HTTP status. */
export const gatewayMessages = {
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

const gatewayAnswer = (status: keyof typeof gatewayMessages) =>
  `${status} \`${JSON.stringify({ message: gatewayMessages[status] })}\``;

/** The paragraph about paths that `docs/openapi.core.json` leaves out. */
export const otherAddressesNote = `
The same operations have **other addresses**, which older clients use. They are listed at the end. Each names its
operation in \`x-alias-of\`. \`/openapi.core.json\` is this document without them.
`.trim();

/** The introduction. */
export const introduction = `
Frontdesk is the directory of a healthcare product. It keeps practices and the users who work in them, therapist
organizations and profiles, and the portal accounts that patients and staff sign in with.

- A **vendor** is a system that integrates with Frontdesk, such as an EHR. It owns practices, and calls for them with the
  id and password of its *application*.
- A **practice** is a clinic or an office: the tenant. Its key is called \`accountId\`. Users, organizations, profiles and
  portal accounts each belong to one practice.
- A **user** is a person who works in a practice. The practice's vendor creates users.
- A **portal** is the place where patients and staff of one practice register and sign in. A person's account there is a
  *portal account*, and that person is its **holder**.

There are three families of operations. They differ in how requests and answers look.

**Practices and users** (\`/api/io\`). Send \`POST\` with a JSON object. \`Content-Type\` is ignored. Send credentials in
the body's \`auth\` or in headers. Every answer that the operation decides has HTTP 200, failures included: look at
\`successful\` and \`responseCode\`. A failure has no result. In requests \`null\` and \`""\` mean absent, and text is trimmed.
A number is accepted where text is expected. The texts \`"true"\` and \`"false"\` are accepted as booleans, and digits as
a number. The schemas describe only the plain form.

**Therapists** (\`/therapist\`). These operations are plain HTTP: the status says what happened to the request, and a
failure is a problem document (RFC 9457). A body is \`application/json\` or of a media type that ends in \`+json\`. Send
credentials in headers or in a body's \`auth\`.

**Portal accounts** (\`/{org}/v2/accounts\`, where \`{org}\` is the practice's \`websiteAddress\`). Send the vendor's public
client key with every call. Register and login set the cookie \`md.sid\` and return a \`Medable-Csrf-Token\`. Send this
token back with every call that writes. A failure is an object with \`"object":"fault"\` and a \`code\`. A server may call
with application credentials instead. It then acts as an administrator of that practice's portal. A body is
\`application/json\`, or \`application/x-www-form-urlencoded\` with names in brackets: \`name[first]=…\`, arrays as
\`roles[]=…\`, objects in arrays as \`preferences[notifications][0][label]=…\`, booleans as \`true\` and \`false\`. A
urlencoded body cannot contain \`null\`.

A body has at most 256 KiB. \`HEAD\` works wherever \`GET\` does, and answers without the body. An unknown path answers 404,
and an unknown verb 405 with \`Allow\`. Both have the form of their family: code 4000, a problem, \`kNotFound\` or
\`kUnsupportedOperation\`. A slash at the end of a path makes no difference, except in \`/api/io\`, where such a path is
unknown. HTTP 503 with \`Retry-After\` means that nothing was written. You may send the same request again.

The gateway in front of the service has answers of its own. ${gatewayAnswer(429)} means too many requests: nothing was
done. (The contract's \`kThrottled\` never appears in a fault.) ${gatewayAnswer(413)} means that the body exceeds the limit
of the gateway. ${gatewayAnswer(500)} and ${gatewayAnswer(503)} mean that a function crashed or could not be reached. In
that case something may have been written.

In addition to the headers that are described, every answer of the service has \`Frontdesk-Request-Id\` (the id under
which the call is logged), \`Strict-Transport-Security\`, \`X-Content-Type-Options: nosniff\`, \`Cache-Control: no-store\`
(unless another value is described) and, if it has a body, \`Content-Type\`. Answers of portals also have \`Vary: Origin\`. Pages of the portal's
\`allowedOrigins\` also get \`Access-Control-Allow-Origin\`, \`Access-Control-Allow-Credentials: true\` and
\`Access-Control-Expose-Headers: Medable-Csrf-Token, Frontdesk-Request-Id\`. An answer to a body that cannot be read has
none of these four.

\`x-repeatable\` says for each operation whether you may send the same request again when its answer was lost. \`with id\`
means that you may do so only if the body has an \`id\`.

${otherAddressesNote}

The examples use the vendor \`demo\`, which \`npm start\` creates. You can try them unchanged.
`.trim();

/** The tag of each family. */
export const tags: Readonly<Record<Exclude<Family, "edge">, { name: string; description: string }>> = {
  practices: {
    name: "Practices and users",
    description: "Vendors keep their practices, the people who work there, and the settings of the practices' portals.",
  },
  therapists: {
    name: "Therapists",
    description: "Organizations of therapists, and the therapists' profiles, within one practice.",
  },
  accounts: {
    name: "Portal accounts",
    description: "People register and sign in at the portal of a practice, and keep their accounts there.",
  },
};

/** The tag of addresses whose operation is described under another address. */
export const otherAddresses = {
  name: "Other addresses",
  description: "Each leads to an operation that is described under its first address.",
};

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
