import { Complaint } from "../tools/complaint.ts";

/**
 * Another engine than the one that comes along: `DYNAMODB_ENDPOINT`, or the SDK's own variable for it.
 * @throws Complaint when it is no URL
 */
export function otherEndpoint(): string | undefined {
  const endpoint = process.env.DYNAMODB_ENDPOINT || process.env.AWS_ENDPOINT_URL_DYNAMODB;
  if (endpoint && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) {
    throw new Complaint(`DYNAMODB_ENDPOINT must be a URL such as http://localhost:8000, not "${endpoint}".`);
  }
  return endpoint || undefined;
}

/** The port to serve on: `PORT`, else 3000; 0 is any free one. @throws Complaint when it is no port */
export function statedPort(): number {
  const text = process.env.PORT || "3000";
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new Complaint(`PORT must be a number from 1 to 65535, or 0 for any free port, not "${text}".`);
  }
  return Number(text);
}

/**
 * Host names that callers may use for this machine, besides localhost: `FRONTDESK_HOSTS`, with commas between them. For
 * what leads here under another name, such as a reverse proxy. Lower case.
 * @throws Complaint when one is no name
 */
export function statedHosts(): readonly string[] {
  const names = (process.env.FRONTDESK_HOSTS ?? "").toLowerCase().split(/[\s,]+/);
  const hosts = names.filter((name) => name !== "");
  const wrong = hosts.find((name) => !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name));
  if (wrong !== undefined) {
    throw new Complaint(`FRONTDESK_HOSTS must be host names such as desk.example,box.local, not "${wrong}".`);
  }
  return hosts;
}

/** Sets variables that the environment does not have. The functions' must stand before the first import from `lib/`. */
export function setDefaults(defaults: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;
}

/** The settings of the functions that any place has. */
export const functionDefaults = {
  TABLE_NAME: "frontdesk",
  DIRECT_DOMAIN: "direct.localhost",
  POWERTOOLS_LOG_LEVEL: "WARN",
} as const;

/**
 * Points the SDK at an engine, with a region and placeholder credentials unless there are some.
 * @param isOurs whether this process started it; only then is it sure not to ask who we are
 */
export function setEndpoint(endpoint: string, isOurs: boolean): void {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  delete process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS;
  // With a profile the SDK leaves keys aside and may go and sign in.
  if (isOurs) delete process.env.AWS_PROFILE;
  const isAws = /(^|\.)(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.test(new URL(endpoint).hostname);
  if (isAws || process.env.AWS_PROFILE) return;
  setDefaults({ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" });
}
