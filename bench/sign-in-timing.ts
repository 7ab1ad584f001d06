import { randomBytes } from "node:crypto";
import { routeOf } from "../lib/api/routes.ts";
import { registryHandler } from "../local/gateway.ts";
import { toEvent } from "../local/gateway-event.ts";
import { makeDemoVendor } from "../local/vendors.ts";
import { vendor } from "../openapi/samples.ts";
import { median, startSystem } from "./system.ts";

/**
 * `npm run bench:sign-in-timing`: whether the time of a login tells an e-mail address that has an account from one that has
 * none. Sends wrong passwords to both in turns, through the real handler with real hashes, and compares the ranks of the times
 * (Mann-Whitney U). Exits with 1 when they differ.
 */

const samples = 300;
const warmUps = 20;
/** A p-value below this says that the times differ. */
const significance = 0.001;

await using system = await startSystem();
await makeDemoVendor();
await (
  await system.call("PracticeCreate", { auth: vendor, accountId: "timing", name: "Timing", websiteAddress: "timing" })
)();

/** Calls an operation of the portal. Returns the answer's status. */
async function post(path: string, body: object): Promise<number> {
  const target = `/timing/v2/accounts/${path}`;
  const route = routeOf("POST", target);
  const handler = await registryHandler(route.row);
  const headers = { "content-type": "application/json", "medable-client-key": "DemoClientKey000000001" };
  const bytes = Buffer.from(JSON.stringify(body));
  const request = { method: "POST", target, headers, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
  return (await handler(toEvent(request, route), {})).statusCode ?? 0;
}

/** Each address is guessed at once, because the fifth wrong guess locks it. */
const newName = () => randomBytes(6).toString("hex");
const password = "vexed tulips jog 9 rhubarbs";
const person = { name: { first: "Ada", last: "Mills" }, mobile: "+16505555555", password };

async function loginMs(email: string): Promise<number> {
  const begun = performance.now();
  const status = await post("login", { email, password: "wrong password" });
  const ms = performance.now() - begun;
  if (status !== 403) throw new Error(`a login with a wrong password answers ${status}`);
  return ms;
}

const [known, unknown]: [number[], number[]] = [[], []];
for (let round = -warmUps; round < samples; round++) {
  const [email, other] = [`${newName()}@example.org`, `${newName()}@example.org`];
  if ((await post("register", { ...person, email })) !== 200) throw new Error("the registration was refused");
  // The one that is first changes from round to round.
  const order = round % 2 === 0 ? [email, other] : [other, email];
  for (const each of order) {
    const ms = await loginMs(each);
    if (round >= 0) (each === email ? known : unknown).push(ms);
  }
}

/** The two-sided p-value of the Mann-Whitney U test, by its normal approximation. Times are never equal. */
function pValue(one: readonly number[], other: readonly number[]): number {
  const ranked = [...one.map((ms) => ({ ms, isOne: true })), ...other.map((ms) => ({ ms, isOne: false }))];
  ranked.sort((a, b) => a.ms - b.ms);
  const rankSum = ranked.reduce((sum, { isOne }, place) => sum + (isOne ? place + 1 : 0), 0);
  const u = rankSum - (one.length * (one.length + 1)) / 2;
  const mean = (one.length * other.length) / 2;
  const deviation = Math.sqrt((mean * (one.length + other.length + 1)) / 6);
  return 2 * (1 - normal(Math.abs(u - mean) / deviation));
}

/** The standard normal distribution (Abramowitz and Stegun 26.2.17). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const tail = series.reduceRight((sum, factor) => (sum + factor) * t, 0);
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}

const p = pValue(known, unknown);
console.log(
  `${samples} logins each: known ${median(known).toFixed(2)} ms, unknown ${median(unknown).toFixed(2)} ms (medians)`,
);
console.log(`Mann-Whitney U: p = ${p.toFixed(4)}, ${p < significance ? "the times differ" : "no difference found"}`);
process.exitCode = p < significance ? 1 : 0;
