import { operations } from "../lib/operations.ts";
import type { BudgetRow } from "./section.ts";
import { median } from "./system.ts";
import type { TypicalCall } from "./typical-calls.ts";
import type { Use } from "./use.ts";

/** What was measured of one call: medians. */
export interface MeasuredCall {
  readonly id: TypicalCall["id"];
  readonly name: string;
  readonly use: Use;
  /** Without `hashMs`. */
  readonly handlerMs: number;
  /** The time of password hashes; 0 without one. */
  readonly hashMs: number;
  readonly bareMs: number;
  /** CPU time of the bare requests. */
  readonly bareCpuMs: number;
  readonly allocatedBytes: number;
}

/** A limit of sequential round trips, and the calls that it is for. */
interface RoundTripBudget {
  readonly what: string;
  readonly most: number;
  readonly names: RegExp;
  /** Why more are needed. */
  readonly reason?: string;
}

const roundTripBudgets: readonly RoundTripBudget[] = [
  {
    what: "`Ping…`, by an application (an individual who signs in takes two more)",
    most: 1,
    names: /^Ping(?!WithAuth: an individual)/,
  },
  {
    what: "reads of practices and users: `…Get`, `…List`",
    most: 1,
    names: /^(Practice|User|PortalSettings)(Get|List)(?!: 50 of all)/,
  },
  { what: "`UserList` over all practices of an application", most: 2, names: /^UserList: 50 of all/ },
  {
    what: "`EventList`",
    most: 1,
    names: /^EventList/,
    reason:
      "It first reads how many practices have had this key: each has a partition of its own with its events, and the newest is listed first.",
  },
  {
    what: "writes of practices and users",
    most: 2,
    names: /^((Practice|User)(Create|Update|Save|Delete)|PortalSettingsSave)/,
  },
  { what: "reads of therapists", most: 2, names: /^(Organization|PracticeProfile)(List|Get)/ },
  { what: "writes of therapists", most: 2, names: /^(Organization|PracticeProfile)Save/ },
  { what: "me: `AccountGet`, `AccountStatus`", most: 2, names: /^Account(Get|Status)(?![A-Z])/ },
  { what: "register: `AccountRegister`", most: 3, names: /^AccountRegister/ },
  { what: "login: `AccountLogin`", most: 4, names: /^AccountLogin/ },
];

function roundTripRow(calls: readonly MeasuredCall[], { what, most, names, reason }: RoundTripBudget): BudgetRow {
  const trips = calls.filter(({ name }) => names.test(name)).map(({ use }) => use.roundTrips);
  if (trips.length === 0) throw new Error(`no call was measured for the budget of ${what}`);
  const [least, highest] = [Math.min(...trips), Math.max(...trips)];
  const isMet = highest <= most;
  return {
    what: `sequential round trips, ${what}`,
    limit: `≤ ${most}`,
    measured: least === highest ? String(highest) : `${least} to ${highest}`,
    isMet,
    ...(!isMet && reason !== undefined && { reason }),
  };
}

const addedMs = ({ handlerMs, bareMs }: MeasuredCall) => handlerMs - bareMs;
const ratio = ({ handlerMs, bareMs }: MeasuredCall) => handlerMs / bareMs;
const addedCpuMs = ({ use, bareCpuMs }: MeasuredCall) => use.cpuMs - bareCpuMs;
const cpuRatio = ({ use, bareCpuMs }: MeasuredCall) => use.cpuMs / bareCpuMs;

/** A limit for all calls. */
interface AddedBudget {
  readonly what: string;
  readonly most: number;
  readonly unit: string;
  readonly of: (call: MeasuredCall) => number;
  /** The same of CPU time. */
  readonly ofCpu: (call: MeasuredCall) => number;
}

const addedBudgets: readonly AddedBudget[] = [
  { what: "added over the bare requests of the SDK, warm", most: 1, unit: " ms", of: addedMs, ofCpu: addedCpuMs },
  { what: "ratio to the bare requests of the SDK, warm", most: 1.2, unit: "×", of: ratio, ofCpu: cpuRatio },
];

/** The families of calls, as a reader of the table finds them. */
const families = {
  "practices, users and therapists": (id: string) => !isPortal(id),
  portals: isPortal,
};
function isPortal(id: string): boolean {
  return operations.some((row) => row.id === id && row.family === "accounts");
}

const middle = (calls: readonly MeasuredCall[], of: (call: MeasuredCall) => number) => median(calls.map(of));

/**
 * Why calls are over a limit: what the median call of each family has, what remains of that when only CPU time counts, and
 * the worst calls.
 */
function reasonOf(calls: readonly MeasuredCall[], over: readonly MeasuredCall[], budget: AddedBudget): string {
  const { most, of, ofCpu, unit } = budget;
  const shown = (value: number) => `${value.toFixed(2)}${unit}`;
  const ofFamilies = Object.entries(families).map(
    ([family, isIn]) =>
      `${family}: median ${shown(
        middle(
          calls.filter(({ id }) => isIn(id)),
          of,
        ),
      )}`,
  );
  const unhashed = calls.filter(({ hashMs }) => hashMs === 0);
  const within = unhashed.filter((call) => ofCpu(call) <= most).length;
  const ofCpuTime = `CPU time, of calls without a hash: ${within} of ${unhashed.length} calls within the limit, median ${shown(middle(unhashed, ofCpu))}`;
  const worst = over.slice(0, 5).map((call) => `${call.name} ${shown(of(call))}`);
  return `${ofFamilies.join("; ")}. ${ofCpuTime}. Highest: ${worst.join(", ")}.`;
}

function addedRow(calls: readonly MeasuredCall[], budget: AddedBudget): BudgetRow {
  const { what, most, unit, of } = budget;
  const over = calls.filter((call) => of(call) > most).sort((one, other) => of(other) - of(one));
  return {
    what,
    limit: `≤ ${most}${unit}`,
    measured: `${calls.length - over.length} of ${calls.length} calls; median ${middle(calls, of).toFixed(2)}${unit}`,
    isMet: over.length === 0,
    ...(over.length > 0 && { reason: reasonOf(calls, over, budget) }),
  };
}

/** What was measured for the budgets of single operations. */
export function operationBudgets(calls: readonly MeasuredCall[]): BudgetRow[] {
  // The bare requests of the worker do not send its mail.
  const compared = calls.filter(({ id, use }) => id !== "SendMessages" && use.roundTrips > 0);
  return [
    ...roundTripBudgets.map((budget) => roundTripRow(calls, budget)),
    ...addedBudgets.map((budget) => addedRow(compared, budget)),
  ];
}
