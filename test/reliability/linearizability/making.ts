import type { TestPortal } from "../../kit/portal.ts";
import type { AnyWorkload, Operation } from "./history.ts";
import type { Random } from "./random.ts";

/** What a workload is made from. */
export interface Making {
  readonly random: Random;
  /** How many clients work at once, and how many calls each makes. Workloads of few possible calls make fewer. */
  readonly clients: number;
  readonly length: number;
  /** A portal that many workloads share, each with keys of its own. It locks nobody out before 100 wrong passwords. */
  readonly portal: TestPortal;
}

/** Makes the records of a workload, and the workload itself. */
export type Kind = (making: Making) => Promise<AnyWorkload>;

/** Draws the calls of all clients. @param draw returns one call of a client */
export const drawn = <State>(
  { clients, length }: Pick<Making, "clients" | "length">,
  draw: (client: number) => Operation<State>,
): Operation<State>[][] => Array.from({ length: clients }, (_, client) => Array.from({ length }, () => draw(client)));

/** Password of users and accounts that satisfies both contracts. */
export const goodPassword = "Vexed-tulip-jog-9";
