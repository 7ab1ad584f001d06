import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeBill } from "./bill.ts";
import { root } from "./lockfiles.ts";

/** `npm run sbom`: writes the software bill of materials into `sbom.json`. */
const bill = makeBill();
writeFileSync(join(root, "sbom.json"), `${JSON.stringify(bill, undefined, 2)}\n`);
console.log(`wrote sbom.json: ${bill.components.length} packages`);
