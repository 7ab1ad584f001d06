import type { Command } from "commander";
import { isFailure } from "../../../client/src/client.ts";
import { getPortal, getPractice } from "../calls.ts";
import { connect } from "../connect.ts";
import { Complaint } from "../failure.ts";
import { json } from "../output.ts";

/** Adds `get`, which prints one record as JSON. */
export function addGet(program: Command): void {
  const get = program.command("get").description("print one record as JSON");
  get
    .command("practice <id>")
    .description("a practice, active or not")
    .action(async (id: string, _, command: Command) => json(await getPractice(connect(command).directory, id)));
  get
    .command("user <practice> <id>")
    .description("a user, active or not, of an active practice")
    .action(async (accountId: string, userId: string, _, command: Command) => {
      json((await connect(command).directory.as({ accountId }).userGet({ userId })).user);
    });
  get
    .command("profile <practice> <therapist>")
    .description("a therapist's profile")
    .action(async (accountId: string, userId: string, _, command: Command) => {
      json(await connect(command).directory.as({ accountId }).practiceProfileGet({ userId }));
    });
  get
    .command("settings <practice>")
    .description("the settings of a practice's portal")
    .action(async (accountId: string, _, command: Command) => {
      json((await connect(command).directory.as({ accountId }).portalSettingsGet()).portalSettings);
    });
  get
    .command("account <practice> <account>")
    .description("a portal account, by its id or e-mail address")
    .action(async (accountId: string, account: string, _, command: Command) => {
      const portal = await getPortal(connect(command), accountId);
      const { data } = account.includes("@")
        ? await portal.accountList({ where: { email: account } })
        : { data: [await portal.accountGet({ id: account }).catch(absent)] };
      if (!data[0]) throw new Complaint(`there is no account ${account} in the portal of ${accountId}`);
      json(data[0]);
    });
}

/** Nothing, for an id that no account has. Any other error is thrown again. */
function absent(error: unknown): undefined {
  if (!isFailure(error) || error.code !== "kNotFound") throw error;
}
