import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addActive } from "./commands/active.ts";
import { addConvert } from "./commands/convert.ts";
import { addErase } from "./commands/erase.ts";
import { addEvents } from "./commands/events.ts";
import { addExport } from "./commands/export.ts";
import { addFind } from "./commands/find.ts";
import { addGet } from "./commands/get.ts";
import { addImport } from "./commands/import.ts";
import { addList } from "./commands/list.ts";
import { addConnectionOptions } from "./connect.ts";
import { exitCodes, tellFailure } from "./failure.ts";
import { endQuietlyOnBrokenPipe } from "./output.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const environmentAndCodes = `
Environment:
  FRONTDESK_URL, FRONTDESK_APPLICATION_ID   in place of --url and --application-id
  FRONTDESK_APPLICATION_PASSWORD            the application's password; it is never an argument
  NO_COLOR                                  no colors

Exit codes:
  0  everything was done
  1  rows or calls failed
  2  wrong usage, or nothing could be done
`;

function program(): Command {
  const frontdesk = new Command("frontdesk")
    .description("The directory's command line. Without options it calls the demo vendor of `npm start`.")
    .version(version)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("For help: frontdesk --help")
    .addHelpText("after", environmentAndCodes)
    .exitOverride();
  addConnectionOptions(frontdesk);
  for (const add of [addImport, addExport, addList, addGet, addFind, addEvents, addActive, addErase, addConvert])
    add(frontdesk);
  return frontdesk;
}

/** Returns the exit code of a run that threw. Says what went wrong, unless commander has said it already. */
function ended(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.nothingDone;
  return tellFailure(error);
}

endQuietlyOnBrokenPipe();
try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = ended(error);
}
