import type { Command } from "commander";
import {
  type Practice,
  practiceSetActive,
  type SetActive,
  type User,
  userSetActive,
} from "../../../client/src/client.ts";
import { connect } from "../connect.ts";
import { note } from "../output.ts";

/** Adds `practice enable|disable` and `user enable|disable`. */
export function addActive(program: Command): void {
  const practice = program.command("practice").description("switch a practice on or off");
  const user = program.command("user").description("switch a user on or off");
  for (const [verb, active] of [
    ["enable", true],
    ["disable", false],
  ] as const) {
    practice
      .command(`${verb} <id>`)
      .description(active ? "open a practice again" : "close a practice: nobody signs in, and open sessions end")
      .action(async (accountId: string, _, command: Command) => {
        const switched = await practiceSetActive(connect(command).directory, accountId, active);
        note(said(`practice ${accountId}`, active, switched));
      });
    user
      .command(`${verb} <practice> <id>`)
      .description(active ? "let a user in again" : "keep a user out")
      .action(async (accountId: string, userId: string, _, command: Command) => {
        const switched = await userSetActive(connect(command).directory.as({ accountId }), userId, active);
        note(said(`user ${userId} of practice ${accountId}`, active, switched));
      });
  }
}

function said(what: string, active: boolean, { wasActive, changedMeanwhile }: SetActive<Practice | User>): string {
  const now = `${what} ${wasActive === active ? "was already" : "is now"} ${active ? "active" : "inactive"}`;
  return changedMeanwhile.length > 0 ? `${now}; somebody else has just changed ${changedMeanwhile.join(", ")}` : now;
}
