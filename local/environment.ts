import { Complaint } from "../tools/complaint.ts";
import { setDefaults } from "../tools/function-settings.ts";

/**
 * The endpoint of an engine to use instead of the embedded one: `DYNAMODB_ENDPOINT`, or the SDK's own variable.
 * @throws Complaint when it is not a URL
 */
export function otherEndpoint(): string | undefined {
  const endpoint = process.env.DYNAMODB_ENDPOINT || process.env.AWS_ENDPOINT_URL_DYNAMODB;
  if (endpoint && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) {
    throw new Complaint(`DYNAMODB_ENDPOINT must be a URL such as http://localhost:8000, not "${endpoint}".`);
  }
  return endpoint || undefined;
}

/** The port to serve on: `PORT`, or 3000; 0 is any free port. @throws Complaint when it is not a port */
export function statedPort(): number {
  const text = process.env.PORT || "3000";
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new Complaint(`PORT must be a number from 1 to 65535, or 0 for any free port, not "${text}".`);
  }
  return Number(text);
}

/**
 * Host names, in addition to localhost, that callers may use for this machine: `FRONTDESK_HOSTS`, separated by commas. For
 * example the name of a reverse proxy. In lower case.
 * @throws Complaint when one is not a host name
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

/**
 * Points the SDK at an engine. Sets a region and placeholder credentials if the environment has none.
 * @param isOurs whether this process started the engine, so that it certainly accepts any credentials
 */
export function setEndpoint(endpoint: string, isOurs: boolean): void {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  delete process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS;
  // With a profile the SDK ignores keys in the environment, and may try to sign in.
  if (isOurs) delete process.env.AWS_PROFILE;
  const isAws = /(^|\.)(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.test(new URL(endpoint).hostname);
  if (isAws || process.env.AWS_PROFILE) return;
  setDefaults({ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" });
}
