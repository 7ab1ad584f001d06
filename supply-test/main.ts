import { report } from "../test/kit/proof.ts";
import { Tally } from "../tools/tally.ts";
import { audit, auditProblems } from "./audit.ts";
import { billProblems, makeBill, shippedPackages } from "./bill.ts";
import { bundledPackages } from "./bundled.ts";
import { licenceProblems, uselessExceptions } from "./licences.ts";
import { lockfiles } from "./lockfiles.ts";
import {
  actionProblems,
  allowedScripts,
  inFiles,
  integrityProblems,
  packageFolders,
  requirementProblems,
  scriptProblems,
  versionProblems,
} from "./pins.ts";
import { secretsInHistory, secretsInTree } from "./secrets.ts";

/**
 * `npm run test:supply`: what we install, ship and publish. Licences, one version of everything, the software bill of materials,
 * known weaknesses, and secrets in files and in the history of git.
 */

const tally = new Tally(console.log);
const locks = lockfiles();
const packages = locks.flatMap((lock) => lock.packages);
const shipped = shippedPackages();
let audited = 0;
let commits = 0;

/** Runs a check. It fails when it returns problems, one a line, or throws. */
async function check(title: string, work: () => readonly string[] | Promise<readonly string[]>): Promise<void> {
  await tally.check(title, async () => {
    const problems = await work();
    if (problems.length > 0) throw new Error(problems.join("\n"));
  });
}

for (const { folder, packages: own } of locks) {
  await check(`${folder}: licences of ${own.length} packages`, () => licenceProblems(own));
  await check(`${folder}: every package has a hash and comes from a registry`, () => integrityProblems(own));
  await check(`${folder}: every program that runs at an installation is decided`, () =>
    scriptProblems(own, allowedScripts(folder)),
  );
}
await check("every exception for a licence is needed", () => uselessExceptions(packages));
await check(`one version of every dependency in ${packageFolders().length} packages of ours`, () =>
  inFiles(/(^|\/)package\.json$/, versionProblems),
);
await check("GitHub's actions are pinned", () => inFiles(/^\.github\/.*\.ya?ml$/, actionProblems));
await check("Python's packages are pinned", () => inFiles(/(^|\/)requirements(\.txt|\/.*\.txt)$/, requirementProblems));
await checkBill();
for (const { folder } of locks) await checkWeaknesses(folder);
await check("no secret in the files that git knows", secretsInTree);
await checkHistory();

console.log(tally.summary);
report({
  lockfiles: locks.length,
  packages: packages.length,
  "packages that are shipped": shipped.length,
  "lockfiles that the registry was asked about": audited,
  "commits searched for secrets": commits,
  checks: tally.counts.passed + tally.counts.failed,
  violations: tally.counts.failed,
});
process.exitCode = tally.counts.failed === 0 ? 0 : 1;

async function checkBill(): Promise<void> {
  const bill = makeBill();
  await check(`the bill of materials has all ${shipped.length} packages that are shipped`, () =>
    billProblems(bill, shipped),
  );
  const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
  await check("the bill of materials has every package in the bundles of functions", async () =>
    [...(await bundledPackages())].filter((each) => !listed.has(each)).map((each) => `${each} is missing`),
  );
}

async function checkWeaknesses(folder: string): Promise<void> {
  const answer = await audit(folder);
  if ("missing" in answer) return console.log(`skipped the weaknesses of ${folder}: ${answer.missing}`);
  audited += 1;
  await check(`${folder}: no serious weakness is known`, () =>
    auditProblems(answer, new Date().toISOString().slice(0, 10)),
  );
}

async function checkHistory(): Promise<void> {
  const history = await secretsInHistory();
  if (!history) return console.log("skipped the history: this is no clone of git");
  commits = history.commits;
  await check(`no secret in ${commits} commits`, () => history.secrets);
}
