import { readFileSync, writeFileSync } from "node:fs";
import { type Operation, operations } from "../lib/operations.ts";
import { memoryMiB, wholeCoreMiB, workerMemoryMiB } from "../tools/function-memory.ts";
import type { TypicalCall } from "./typical-calls.ts";
import type { Use } from "./use.ts";

/** AWS's list prices in US dollars, for the first tier. `assumptions` names the region and the date. */
const prices = {
  httpApiRequestsMillion: 1,
  lambdaRequestsMillion: 0.2,
  lambdaArmGbSecond: 0.0000133334,
  readUnitsMillion: 0.125,
  writeUnitsMillion: 0.625,
  logsGb: 0.5,
};

/** Values that cannot be measured on a development machine. */
const assumed = {
  /** The time of a request to DynamoDB in the same region, over an open TLS connection. */
  roundTripMs: 5,
  /** The time of a request to SES or SNS. */
  sendingMs: 50,
  /** Frontdesk's line, the access log's line and two lines of Lambda, plus 26 bytes of CloudWatch for each. */
  logBytes: 1000,
  /** Two lines of Lambda. */
  workerLogBytes: 400,
};

/** The memory of a function in MiB, by its name. @internal Tests compare it with the deployment. */
export function memoryOf(id: string): number {
  const row = (operations as readonly Operation[]).find((each) => each.id === id);
  return row ? memoryMiB[row.memory] : workerMemoryMiB.SendMessages;
}

/** The name of a call in a table. */
export const nameOf = ({ id, about }: TypicalCall): string => (about ? `${id}: ${about}` : id);

/** What a million calls cost, by what one call uses. */
export function costOf(id: TypicalCall["id"], { roundTrips, readUnits, writeUnits, cpuMs }: Use) {
  const isWorker = id === "SendMessages";
  // As people read it in the table, so that they can calculate the rest.
  const shownCpuMs = cpuMs.toFixed(1);
  const core = Math.min(1, memoryOf(id) / wholeCoreMiB);
  const waitingMs = roundTrips * assumed.roundTripMs + (isWorker ? assumed.sendingMs : 0);
  const billedMs = Math.ceil(Number(shownCpuMs) / core + waitingMs);
  const million =
    (isWorker ? 0 : prices.httpApiRequestsMillion) +
    prices.lambdaRequestsMillion +
    (memoryOf(id) / 1024) * billedMs * 1000 * prices.lambdaArmGbSecond +
    readUnits * prices.readUnitsMillion +
    writeUnits * prices.writeUnitsMillion +
    (isWorker ? assumed.workerLogBytes : assumed.logBytes) * 1e-3 * prices.logsGb;
  return { shownCpuMs, billedMs, dollarsMillion: million.toFixed(2) };
}

/** The line of a call in the table: what it uses, and what a million of these calls cost. */
export function costLine(call: TypicalCall, use: Use): string {
  const { shownCpuMs, billedMs, dollarsMillion } = costOf(call.id, use);
  const { roundTrips, readUnits, writeUnits } = use;
  return `| ${[nameOf(call), roundTrips, readUnits, writeUnits, shownCpuMs, billedMs, dollarsMillion].join(" | ")} |`;
}

const file = new URL("../docs/cost.md", import.meta.url);
const marked = /(<!-- cost: [^>]*-->\n)([\s\S]*?)(<!-- \/cost -->)/;

/** The present text between the marks in docs/cost.md. @internal Tests compare it with a new measurement. */
export const writtenCosts = (): string => marked.exec(readFileSync(file, "utf8"))?.[2] ?? "";

/** Replaces the text between the marks in docs/cost.md. @param lines results of `costLine` */
export function writeCosts(lines: readonly string[]): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(marked, (_, begin: string, __, end: string) => `${begin}${costsOf(lines)}${end}`),
  );
}

/** The text for docs/cost.md: the assumptions and the table. @internal Tests compare it with the page. */
export function costsOf(lines: readonly string[]): string {
  const head = [
    "| call | round trips | read units | write units | CPU ms | billed ms | $ a million |",
    "|---|---|---|---|---|---|---|",
  ];
  return `${[...assumptions(), "", ...head, ...lines].join("\n")}\n`;
}

const assumptions = () => [
  "Prices, in us-east-1, as of the middle of 2026, without free tiers:",
  `HTTP API $${prices.httpApiRequestsMillion.toFixed(2)} a million requests;`,
  `Lambda $${prices.lambdaRequestsMillion.toFixed(2)} a million requests and $${prices.lambdaArmGbSecond} a GB-second (arm64);`,
  `DynamoDB on demand $${prices.readUnitsMillion} a million read units and $${prices.writeUnitsMillion} a million write units;`,
  `CloudWatch Logs $${prices.logsGb.toFixed(2)} a GB.`,
  `Not measured but assumed: ${assumed.roundTripMs} ms for a round trip to DynamoDB,`,
  `${assumed.sendingMs} ms for SES to accept a mail, ${assumed.logBytes} bytes of logs a call, ${assumed.workerLogBytes} a message.`,
];
