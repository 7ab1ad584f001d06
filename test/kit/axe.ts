import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** The widths of a phone and of a desktop, in pixels. */
const widths = [390, 1280];

/**
 * What axe finds wrong in a page, in light and dark, on a phone and on a desktop: one line for each rule and element. Frames
 * are not searched: axe waits forever for those of mails, which run no scripts.
 * @param others selectors of elements that are not ours
 */
export async function violationsOf(page: Page, ...others: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of widths) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const axe = ["iframe", ...others].reduce((builder, each) => builder.exclude(each), new AxeBuilder({ page }));
      const { violations } = await axe.setLegacyMode().analyze();
      for (const { id, nodes } of violations) {
        found.push(...nodes.map(({ target }) => `${colorScheme} ${width}: ${id} at ${target.join(" ")}`));
      }
      // The page must not be wider than the window.
      if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) {
        found.push(`${colorScheme} ${width}: too wide`);
      }
    }
  }
  return found;
}
