import { readFileSync } from "node:fs";
import type { Answer } from "./answer.ts";
import { escaped, htmlPage } from "./html.ts";

/** What the start page says about the instance. */
export interface Started {
  readonly url: string;
  /** Where, or how long, data is kept: `in .local`. */
  readonly place: string;
  /** The demo vendor. */
  readonly demo: { readonly applicationId: string; readonly applicationPassword: string; readonly clientKey: string };
}

/** The calls on the page, one for each family. The first creates the practice that the others use. */
const firstCalls = ({ url, demo }: Started): readonly { readonly family: string; readonly curl: string }[] => {
  const auth = { applicationId: demo.applicationId, applicationPassword: demo.applicationPassword };
  const practice = { auth, accountId: "hillside", name: "Hillside Clinic", websiteAddress: "hillside" };
  const organization = { auth: { ...auth, accountId: "hillside" }, name: "Hillside Therapists" };
  return [
    { family: "Practices and users", curl: `curl ${url}/api/io/PracticeSave -d '${JSON.stringify(practice)}'` },
    {
      family: "Therapists",
      curl: `curl ${url}/therapist/organizations/ -H 'Content-Type: application/json' -d '${JSON.stringify(organization)}'`,
    },
    {
      family: "Portal accounts",
      curl: `curl ${url}/hillside/v2/accounts/status -H 'Medable-Client-Key: ${demo.clientKey}'`,
    },
  ];
};

/** The start page with its script and the guides, for the gateway. @param started resolves when the instance runs */
export const startPages = (started: Promise<Started>): Readonly<Record<string, () => Answer | Promise<Answer>>> => ({
  "GET /": async () => htmlPage(200, filled(await started), "'self'"),
  "GET /_local/start.js": () => text("text/javascript", read("./start.js")),
  ...Object.fromEntries(
    ["practices", "therapists", "accounts"].map((guide) => [
      `GET /_local/guides/${guide}.md`,
      () => text("text/plain", read(`../docs/${guide}.md`)),
    ]),
  ),
});

function filled(started: Started): string {
  const calls = firstCalls(started).map(({ family, curl }, place) =>
    [
      `<h3>${escaped(family)}</h3>`,
      `<pre><code id="call-${place}">${escaped(curl)}</code></pre>`,
      `<button type="button" data-copies="call-${place}" aria-label="Copy the call: ${escaped(family)}" hidden>Copy</button>`,
    ].join("\n      "),
  );
  const { url, place, demo } = started;
  const values: Record<string, string> = Object.fromEntries(
    Object.entries({ url, place, ...demo }).map(([name, value]) => [name, escaped(value)]),
  );
  values.calls = calls.join("\n      ");
  return read("./start.html").replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? "");
}

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

const text = (mediaType: string, body: string): Answer => ({
  statusCode: 200,
  headers: { "content-type": `${mediaType}; charset=utf-8`, "cache-control": "no-store" },
  body,
});
