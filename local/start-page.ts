import { webAddressKey } from "../lib/table/keys.ts";
import { readItems } from "../lib/table/read.ts";
import type { Answer } from "./answer.ts";
import { escaped, htmlPage, localFile, readLocalFile } from "./html.ts";

/** What the start page says about the instance. */
export interface Started {
  readonly url: string;
  /** Where, or how long, data is kept: `in .local`. */
  readonly place: string;
  /** The demo vendor. */
  readonly demo: { readonly applicationId: string; readonly applicationPassword: string; readonly clientKey: string };
}

/** The web address of the practice that the first call creates. */
const demoPortal = "hillside";

/** The calls on the page, one for each family. The first creates the practice that the others use. */
const firstCalls = ({ url, demo }: Started): readonly { readonly family: string; readonly curl: string }[] => {
  const auth = { applicationId: demo.applicationId, applicationPassword: demo.applicationPassword };
  const practice = { auth, accountId: "hillside", name: "Hillside Clinic", websiteAddress: demoPortal };
  const organization = { auth: { ...auth, accountId: "hillside" }, name: "Hillside Therapists" };
  return [
    { family: "Practices and users", curl: `curl ${url}/api/io/PracticeSave -d '${JSON.stringify(practice)}'` },
    {
      family: "Therapists",
      curl: `curl ${url}/therapist/organizations/ -H 'Content-Type: application/json' -d '${JSON.stringify(organization)}'`,
    },
    {
      family: "Portal accounts",
      curl: `curl ${url}/${demoPortal}/v2/accounts/status -H 'Medable-Client-Key: ${demo.clientKey}'`,
    },
  ];
};

/**
 * The start page, the guides, and the files that all pages of `npm start` load, for the gateway.
 * @param started resolves when the instance runs
 */
export const startPages = (started: Promise<Started>): Readonly<Record<string, () => Answer | Promise<Answer>>> => ({
  "GET /": async () => {
    const page = filled(await started, await portalExists());
    return htmlPage(200, page, { scripts: "'self'", requests: "'self'" });
  },
  "GET /_local/start.js": localFile("start.js", "text/javascript"),
  "GET /_local/copy.js": localFile("copy.js", "text/javascript"),
  "GET /_local/pages.css": localFile("pages.css", "text/css"),
  ...Object.fromEntries(
    ["practices", "therapists", "accounts"].map((guide) => [
      `GET /_local/guides/${guide}.md`,
      localFile(`../docs/${guide}.md`, "text/plain"),
    ]),
  ),
});

async function portalExists(): Promise<boolean> {
  const { claim } = await readItems({ claim: webAddressKey(demoPortal) });
  return claim?.accountId !== undefined;
}

/** The door to the demo practice's portal. It is a link as soon as there is one. */
const portalDoor = (exists: boolean) =>
  exists
    ? `<div id="portal"><a href="/${demoPortal}/">The portal of Hillside Clinic</a><p>Register there as a patient would. The mail arrives in the messages.</p></div>`
    : `<div id="portal"><span class="door">A portal</span><p>Run the <a href="#first-calls">first call</a> below: it creates Hillside Clinic, and this becomes a link to its portal.</p></div>`;

function filled(started: Started, exists: boolean): string {
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
  values.portal = portalDoor(exists);
  values.calls = calls.join("\n      ");
  return readLocalFile("start.html").replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? "");
}
