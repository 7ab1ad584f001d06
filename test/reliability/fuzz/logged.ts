import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Response } from "../../kit/system.ts";

/** Looks in the log for values that were sent or answered. */

/** Shorter values occur in a log by chance. */
const shortest = 6;
/** Fields with ids of records, which the log has on purpose. */
const idNames = [
  "accountId",
  "applicationId",
  "userId",
  "id",
  "_id",
  "therapistUserId",
  "org",
  "connection",
  "session",
  "device",
];
/** What every caller may say, and what says nothing about anybody. */
const publicHeaders = ["host", "content-type", "content-length", "origin"];

/** The texts of a request: those that the log must not contain, and ids. */
interface Texts {
  readonly secrets: Set<string>;
  readonly ids: Set<string>;
}

function sort(value: unknown, { secrets, ids }: Texts, name = ""): void {
  if (typeof value === "string") (idNames.includes(name) ? ids : secrets).add(value);
  else if (typeof value === "object" && value !== null) {
    for (const [below, part] of Object.entries(value))
      sort(part, { secrets, ids }, Array.isArray(value) || idNames.includes(name) ? name : below);
  }
}

function sortBody(body: string, texts: Texts): void {
  texts.secrets.add(body);
  try {
    sort(JSON.parse(body), texts);
  } catch {
    for (const [, value] of new URLSearchParams(body)) texts.secrets.add(value);
  }
}

function sortHeaders({ headers, cookies = [] }: APIGatewayProxyEventV2, { secrets }: Texts): void {
  for (const [name, value = ""] of Object.entries(headers)) {
    if (publicHeaders.includes(name) || /^x-(account|user)-id$/.test(name)) continue;
    secrets.add(value);
    const [, encoded = ""] = /^(?:Basic|Individual) (.+)$/.exec(value) ?? [];
    secrets.add(Buffer.from(encoded, "base64").toString().split(":").slice(1).join(":"));
  }
  for (const cookie of cookies) secrets.add(cookie.split("=").slice(1).join("="));
}

/** Every value of a request that its log line must not contain: of credentials, headers, cookies, path, query and body. */
export function secretsOf(event: APIGatewayProxyEventV2): Set<string> {
  const texts: Texts = { secrets: new Set(), ids: new Set() };
  sortHeaders(event, texts);
  sort(event.pathParameters, texts);
  sort(event.queryStringParameters, texts);
  const { body, isBase64Encoded } = event;
  if (body !== undefined) sortBody(isBase64Encoded ? Buffer.from(body, "base64").toString() : body, texts);
  for (const id of texts.ids) texts.secrets.delete(id);
  return texts.secrets;
}

/** The values of an answer that its log line must not contain: of cookies and tokens. */
export function secretsIn({ cookies, headers, json }: Response): string[] {
  const ofCookies = cookies.map((cookie) => /^[^=]+=([^;]+)/.exec(cookie)?.[1] ?? "");
  const ofBody = [json?.key?.secret, json?.data?.secret, json?.cursor].filter((value) => typeof value === "string");
  return [...ofCookies, headers["medable-csrf-token"] ?? "", ...ofBody];
}

function leavesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.values(value).flatMap(leavesOf);
}

/** The values that lines contain. In the ids of a line, such as `therapist-1`, only whole values count. */
export function toldBy(lines: readonly string[], secrets: Iterable<string>): string[] {
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const ids = new Set(entries.flatMap(({ actor, record }) => leavesOf({ actor, record })));
  const text = entries.flatMap(({ actor: _, record: __, ...others }) => leavesOf(others)).join("\n");
  return [...secrets].filter((value) => value.trim().length >= shortest && (ids.has(value) || text.includes(value)));
}
