import { expect, test } from "vitest";
import { resourcesOf, synthesize } from "./synthesis.ts";

/**
 * Every alarm with all that decides when it rings. A threshold is a plain constant: nothing else fails when one has a zero too many.
 */

/** A number that is read from each period of metrics, and how. */
interface Counted {
  readonly MetricName: string;
  readonly Statistic: string;
  readonly Period: number;
}
interface OfSum {
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string };
    readonly Stat: string;
    readonly Period: number;
  };
}
interface Alarm extends Counted {
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData: string;
  readonly Metrics?: readonly OfSum[];
}

const rung = { GreaterThanOrEqualToThreshold: ">=", LessThanThreshold: "<" } as const;

/** An alarm in words: `5xx Sum of 300 s >= 5, in 1 period, missing data notBreaching`. */
function inWords(alarm: Alarm): string {
  const { ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData, Metrics = [] } = alarm;
  const summed = Metrics.flatMap(({ MetricStat: each }) =>
    each ? [`${each.Metric.MetricName} ${each.Stat} of ${each.Period} s`] : [],
  );
  const metric =
    summed.length > 0 ? [...new Set(summed)].join(", ") : `${alarm.MetricName} ${alarm.Statistic} of ${alarm.Period} s`;
  const comparison = rung[ComparisonOperator as keyof typeof rung] ?? ComparisonOperator;
  const points = DatapointsToAlarm === undefined ? "" : ` ${DatapointsToAlarm} of`;
  return `${metric} ${comparison} ${Threshold}, in${points} ${EvaluationPeriods}, missing: ${TreatMissingData}`;
}

/** The alarms of all stacks. They are the same for any number of operations. */
const allAlarms = (): Record<string, string> =>
  Object.fromEntries(
    Object.values(synthesize({}, []).templates)
      .filter(({ Resources }) => Resources)
      .flatMap((template) =>
        Object.entries(resourcesOf(template, "AWS::CloudWatch::Alarm")).map(([id, { Properties }]) => [
          id,
          inWords(Properties),
        ]),
      ),
  );

const ok = "missing: notBreaching";

test("every alarm of every stack rings when this table says so", () => {
  expect(allAlarms()).toEqual({
    // The API and the table.
    ServerErrors: `5xx Sum of 300 s >= 5, in 1, ${ok}`,
    ThrottledRequests: `ThrottledRequests Sum of 300 s >= 10, in 1, ${ok}`,
    ThrottledFunctions: `Throttles Sum of 300 s >= 1, in 1, ${ok}`,
    TableErrors: `SystemErrors Sum of 300 s >= 5, in 1, ${ok}`,
    TableThrottles: `ThrottledRequests Sum of 300 s >= 5, in 1, ${ok}`,
    // Attacks.
    WrongSignIns: `WrongSignIns Sum of 300 s >= 50, in 1, ${ok}`,
    LockOuts: `LockOuts Sum of 300 s >= 5, in 1, ${ok}`,
    WrongSecrets: `WrongSecrets Sum of 300 s >= 10, in 1, ${ok}`,
    // Messages.
    TextMessages: `TextMessages Sum of 300 s >= 100, in 1, ${ok}`,
    DeadLetters: `ApproximateNumberOfMessagesVisible Maximum of 300 s >= 1, in 1, ${ok}`,
    SendFailures: `SendFailures Sum of 300 s >= 1, in 1, ${ok}`,
    WorkerErrors: `Errors Sum of 300 s >= 1, in 1, ${ok}`,
    LateMessages: `IteratorAge Maximum of 300 s >= 120000, in 1, ${ok}`,
    MessagesStopped: "PolledEventCount SampleCount of 300 s < 1, in 2, missing: breaching",
    // Pictures.
    PictureDeadLetters: `ApproximateNumberOfMessagesVisible Maximum of 300 s >= 1, in 1, ${ok}`,
    PictureErrors: `Errors Sum of 300 s >= 1, in 1, ${ok}`,
    // Deletions and erasures.
    CleanUpDeadLetters: `ApproximateNumberOfMessagesVisible Maximum of 300 s >= 1, in 1, ${ok}`,
    CleanUpErrors: `Errors Sum of 300 s >= 1, in 1, ${ok}`,
    DeletionFailures: `DeletionFailures Sum of 300 s >= 1, in 1, ${ok}`,
    ErasureFailures: `ErasureFailures Sum of 300 s >= 10, in 1, ${ok}`,
    LateCleanUp: `IteratorAge Maximum of 300 s >= 3600000, in 1, ${ok}`,
    CleanUpStopped: "PolledEventCount SampleCount of 300 s < 1, in 2, missing: breaching",
    UnverifiedFailures: `UnverifiedFailures Sum of 300 s >= 1, in 1, ${ok}`,
  });
});
