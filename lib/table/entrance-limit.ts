import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { Throttled } from "../errors.ts";
import { entranceSettings, settings } from "../settings.ts";
import { documents } from "./client.ts";
import { Update } from "./commands.ts";
import { callCountKey } from "./keys.ts";

/** Each minute has a count of its own. */
const windowMs = 60_000;

/** When a call arrived, and from which address. */
interface Arrival {
  readonly now: Date;
  readonly sourceIp?: string;
}

/**
 * Counts a call for the address that it comes from. It is counted together with all calls of that name in the same minute, over
 * all routes. A call over the limit is not counted. A request that the SDK repeats may count twice.
 * @param name what is called, such as an operation's id
 * @param calls `-1` takes an earlier call back
 * @returns why the call must be refused; `undefined` within the limit
 */
export const countForAddress = (name: string, { now, sourceIp }: Arrival, calls = 1): Promise<Throttled | undefined> =>
  count([name, "address", networkOf(sourceIp)], Number(entranceSettings().ENTRANCES_PER_ADDRESS), now, calls);

/** The same for an application. @param application names it, and how the caller has shown to belong to it */
export const countForApplication = (
  name: string,
  { now }: Arrival,
  application: readonly string[],
): Promise<Throttled | undefined> =>
  count([name, ...application], Number(entranceSettings().ENTRANCES_PER_APPLICATION), now);

/** Calls over the limit are not counted: a refused sign-in must not use up what a right one has taken back. */
async function count(of: readonly string[], callsMax: number, now: Date, calls = 1): Promise<Throttled | undefined> {
  const endMs = (Math.floor(now.getTime() / windowMs) + 1) * windowMs;
  const update = new Update({
    TableName: settings().TABLE_NAME,
    Key: { ...callCountKey(JSON.stringify([endMs, ...of])) },
    UpdateExpression: "SET expiresAt = :expiresAt ADD calls :calls",
    ConditionExpression: "attribute_not_exists(calls) OR calls <= :max",
    ExpressionAttributeValues: { ":expiresAt": endMs / 1000, ":calls": calls, ":max": callsMax - calls },
  });
  try {
    await documents.send(update);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return new Throttled(Math.ceil((endMs - now.getTime()) / 1000));
  }
}

/**
 * The addresses that are counted together: one of IPv4; of IPv6 a /64, because every customer of a provider has at least
 * so many. Calls without an address are counted together: AWS's gateway always states one.
 * @internal
 */
export function networkOf(address = ""): string {
  const ipv4 = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!ipv4.includes(":")) return ipv4;
  const [before = [], after = []] = ipv4.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const zeros = ipv4.includes("::") ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0") : [];
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
