import { setTimeout as sleep } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { settings } from "../settings.ts";
import { documents } from "./client.ts";
import type { Key } from "./records.ts";

/** How a table is read as a whole. */
export interface ScanPace {
  /** How many parts of the table are read at the same time. */
  readonly segments: number;
  /** How many read units may be consumed in a second, so that callers of the table are not refused. One unit reads 4 KB. */
  readonly unitsPerSecond: number;
}

/**
 * Reads every item of the table, strongly consistent. For an operator's programs only: no function may scan.
 * @param onItems is called with each page
 */
export async function scanTable(
  { segments, unitsPerSecond }: ScanPace,
  onItems: (items: readonly Key[]) => void,
): Promise<void> {
  const begin = performance.now();
  let units = 0;
  const readSegment = async (segment: number) => {
    let start: Record<string, unknown> | undefined;
    do {
      const answer = await documents.send(
        new ScanCommand({
          TableName: settings().TABLE_NAME,
          ConsistentRead: true,
          Segment: segment,
          TotalSegments: segments,
          ReturnConsumedCapacity: "TOTAL",
          ExclusiveStartKey: start,
        }),
      );
      onItems((answer.Items ?? []) as unknown as readonly Key[]);
      start = answer.LastEvaluatedKey;
      units += answer.ConsumedCapacity?.CapacityUnits ?? 0;
      const aheadMs = (units / unitsPerSecond) * 1000 - (performance.now() - begin);
      if (start && aheadMs > 0) await sleep(aheadMs);
    } while (start);
  };
  await Promise.all(Array.from({ length: segments }, (_, segment) => readSegment(segment)));
}
