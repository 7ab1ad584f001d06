import { parseArgs } from "node:util";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { reachTable } from "./reach.ts";
import { neededOptions, type VendorCommand, vendorCommands } from "./vendor-commands.ts";

const usage =
  "Usage: npm run vendor -- create --id ID --name NAME | list | rotate --id ID | disable --id ID | enable --id ID | client-key --id ID; with --stack NAME in AWS";

await orComplain(async () => {
  const { command, stack, ...options } = statedOptions();
  await using open = new AsyncDisposableStack();
  try {
    await reachTable(open, stack);
    console.log(await vendorCommands[command](options));
  } catch (error) {
    if (stack === undefined || error instanceof Complaint) throw error;
    throw new Complaint(`AWS: ${(error as Error).message}`);
  }
});

function statedOptions() {
  const { positionals, values } = parsed();
  const [command = "", ...more] = positionals;
  if (!Object.hasOwn(neededOptions, command) || more.length > 0) throw new Complaint(usage);
  const { id = "", name = "", stack } = values;
  const missing = neededOptions[command as VendorCommand].find((option) => !values[option]?.trim());
  if (missing) throw new Complaint(`${command} needs --${missing}. ${usage}`);
  if (stack === "") throw new Complaint(`--stack needs a name. ${usage}`);
  return { command: command as VendorCommand, stack, id, name: name.trim() };
}

function parsed() {
  const option = { type: "string" } as const;
  try {
    return parseArgs({ allowPositionals: true, options: { id: option, name: option, stack: option } });
  } catch {
    throw new Complaint(usage);
  }
}
