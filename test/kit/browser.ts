import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { describe } from "vitest";

/** Debian's Chromium. */
const executablePath = "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);

const quiet =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** Starts Chromium without a window. The caller closes it. @param options further options of its command line */
export const startBrowser = (...options: string[]): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...quiet.split(" "), ...options] });

/** `describe` for suites that need Chromium. They are skipped, and say why, on a machine without it. */
export function describeInBrowser(title: string, suite: () => void): void {
  if (!hasBrowser) console.log(`skipped: ${title}, because there is no ${executablePath} (apt-get install chromium)`);
  // Opening a page takes seconds.
  describe.skipIf(!hasBrowser)(title, { timeout: 180_000 }, suite);
}
