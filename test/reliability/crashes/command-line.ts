import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDirectory, each } from "../../../client/src/client.ts";
import { application, begin } from "../../cli/frontdesk.ts";
import { type AccidentProxy, startProxy } from "../../cli/proxy.ts";
import { temporaryFolder } from "../../kit/children.ts";
import { practicesFile } from "../../kit/directory-files.ts";

/** Imports that are killed, and resumed until they are done, on a running server. */
export class ImportRounds {
  killed = 0;
  calls = 0;
  readonly violations: string[] = [];
  readonly #url: string;
  readonly #folder = temporaryFolder();
  #round = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Kills an import of so many practices, and each resumed one after it, when the server has had some more calls. The last one
   * is not killed.
   * @param calls after how many calls each is killed
   */
  async import(rows: number, calls: readonly number[]): Promise<void> {
    this.#round += 1;
    const prefix = `round-${this.#round}`;
    const { csv, good } = practicesFile({ rows, seed: this.#round });
    const file = join(this.#folder, `${prefix}.csv`);
    writeFileSync(
      file,
      csv.replaceAll("practice-0", `${prefix}-practice-0`).replace(/clinic-(\d)/gi, `${prefix}-clinic-$1`),
    );
    const proxy = await startProxy(this.#url);
    try {
      for (const [place, count] of calls.entries()) await this.#killAfter(count, proxy, file, place > 0);
      await this.#resume(proxy, file);
      this.calls += proxy.passed.length;
    } finally {
      proxy.close();
    }
    await this.#check(
      prefix,
      good.map(({ accountId, name }) => [`${prefix}-${accountId}`, String(name)]),
    );
    this.#checkFiles(file, rows);
  }

  async #killAfter(count: number, proxy: AccidentProxy, file: string, isResumed: boolean): Promise<void> {
    const first = proxy.passed.length;
    const { child, ended } = this.#begin(proxy, file, isResumed);
    // The server does not get this call, nor any that is sent until the process has ended.
    proxy.accident = (_, place) => {
      if (place < first + count) return undefined;
      child.kill("SIGKILL");
      return "dropped";
    };
    if ((await ended).signal === "SIGKILL") this.killed += 1;
    proxy.accident = () => undefined;
  }

  /** Lets the import come to its end. It may have done so before it was killed. */
  async #resume(proxy: AccidentProxy, file: string): Promise<void> {
    const isBegun = existsSync(`${file}.frontdesk-journal`);
    const { code, stderr } = await this.#begin(proxy, file, isBegun).ended;
    if (code !== 0) this.violations.push(`a resumed import ends with ${code}: ${stderr}`);
  }

  #begin({ url }: AccidentProxy, file: string, isResumed: boolean) {
    const args = ["import", "practices", file, "--concurrency", "4"];
    const isBegun = isResumed && existsSync(`${file}.frontdesk-journal`);
    return begin(isBegun ? [...args, "--resume"] : args, { FRONTDESK_URL: url });
  }

  /** Each row is stored, nothing else is, and each practice was created once. */
  async #check(prefix: string, rows: readonly (readonly [accountId: string, name: string])[]): Promise<void> {
    const directory = createDirectory({ url: this.#url, application });
    const all = await Array.fromAsync(each(directory.practiceList));
    const stored = all.filter(({ accountId }) => accountId.startsWith(`${prefix}-`));
    const names = new Map(stored.map(({ accountId, name }) => [accountId, name]));
    if (stored.length !== rows.length) this.violations.push(`${stored.length} practices of ${rows.length} rows`);
    for (const [accountId, name] of rows) {
      if (names.get(accountId) !== name) this.violations.push(`${accountId} is ${names.get(accountId)}, not ${name}`);
      if (!names.has(accountId)) continue;
      const { eventList } = await directory.eventList({ accountId });
      const created = eventList.filter(({ what }) => what === "practice.created");
      if (created.length !== 1) this.violations.push(`${accountId} was created ${created.length} times`);
    }
  }

  /** The report has each row once, and no journal, lock or unfinished report is left. */
  #checkFiles(file: string, rows: number): void {
    const [, ...lines] = readFileSync(`${file}.frontdesk-report.csv`, "utf8").trimEnd().split("\n");
    const numbers = new Set(lines.map((line) => line.split(",", 1)[0]));
    if (lines.length !== rows || numbers.size !== rows)
      this.violations.push(`the report of ${rows} rows has ${lines.length} lines`);
    for (const rest of ["journal", "lock", "report.csv.partial"])
      if (existsSync(`${file}.frontdesk-${rest}`)) this.violations.push(`the import has left its ${rest}`);
  }
}
