import { parseArgs } from "node:util";
import { Complaint, orComplain } from "./complaint.ts";
import { smoke } from "./smoke-checks.ts";

const usage =
  "Usage: npm run smoke -- --url URL [--no-pages]; with FRONTDESK_APPLICATION_ID and FRONTDESK_APPLICATION_PASSWORD in the environment it also reads with them";
const connectSecondsMax = 60;

await orComplain(async () => {
  const { counts, summary } = await smoke(
    { ...statedOptions(), application: statedApplication(), connectSecondsMax },
    console.log,
  );
  console.log(summary);
  process.exitCode = counts.failed === 0 ? 0 : 1;
});

/** @throws Complaint about a wrong option */
function statedOptions() {
  const { url, "no-pages": noPages } = parsed();
  if (!url || !URL.canParse(url)) throw new Complaint(usage);
  const { protocol, hostname, pathname, search, hash } = new URL(url);
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isHere)) throw new Complaint(`--url must be https: ${url}`);
  if (pathname !== "/" || search !== "" || hash !== "")
    throw new Complaint(`--url must be a name without a path: ${url}`);
  return { url: new URL(url).origin, pages: !noPages };
}

/** @throws Complaint when only one of the two is there */
function statedApplication() {
  const { FRONTDESK_APPLICATION_ID: id, FRONTDESK_APPLICATION_PASSWORD: password } = process.env;
  if (!id && !password) return undefined;
  if (!id || !password) throw new Complaint("FRONTDESK_APPLICATION_ID and FRONTDESK_APPLICATION_PASSWORD go together.");
  return { id, password };
}

function parsed() {
  try {
    return parseArgs({ options: { url: { type: "string" }, "no-pages": { type: "boolean" } } }).values;
  } catch {
    throw new Complaint(usage);
  }
}
