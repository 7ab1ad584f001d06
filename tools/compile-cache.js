// Node keeps compiled code here between starts: the first answer of `npm start` then takes 0.45 s of CPU in place of 0.75.
// In node_modules, because other users of the machine could write to a folder for temporary files.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/frontdesk-compiled", import.meta.url)));
