import { parseArgs } from "node:util";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { reachTable } from "./reach.ts";
import type { VendorOptions } from "./vendor-commands.ts";

/** The commands, each with the options that it needs. */
const needed = {
  create: ["id", "name"],
  list: [],
  rotate: ["id"],
  disable: ["id"],
  enable: ["id"],
  "client-key": ["id"],
} as const satisfies Record<string, readonly (keyof VendorOptions)[]>;

/** A command of `npm run vendor`. */
export type VendorCommand = keyof typeof needed;

const usage =
  "Usage: npm run vendor -- create --id ID --name NAME | list | rotate --id ID | disable --id ID | enable --id ID | client-key --id ID; with --stack NAME in AWS";

await orComplain(async () => {
  const { command, stack, ...options } = statedOptions();
  await using open = new AsyncDisposableStack();
  try {
    await reachTable(open, stack);
    // Not at the top of the file, because lib/ reads the environment when it is imported.
    const { vendorCommands } = await import("./vendor-commands.ts");
    console.log(await vendorCommands[command](options));
  } catch (error) {
    if (stack === undefined || error instanceof Complaint) throw error;
    throw new Complaint(`AWS: ${(error as Error).message}`);
  }
});

function statedOptions() {
  const { positionals, values } = parsed();
  const [command = "", ...more] = positionals;
  if (!Object.hasOwn(needed, command) || more.length > 0) throw new Complaint(usage);
  const { id = "", name = "", stack } = values;
  const missing = needed[command as VendorCommand].find((option) => !values[option]?.trim());
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
