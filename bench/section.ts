/** A part of docs/performance.md: a measurement of its own. */
export interface Section {
  readonly title: string;
  /** What is measured, how, and how to read the table: Markdown in plain English. */
  readonly about: string;
  /**
   * Measures. It may take a few minutes, and prints what it does by `say`.
   * @param options.writesPages whether it also writes what it measures for other pages than docs/performance.md
   */
  run(say: (line: string) => void, options: { readonly writesPages: boolean }): Promise<Measured>;
}

/** What a section has measured. */
export interface Measured {
  readonly tables: readonly Table[];
  /** What somebody who chooses software wants to know first, for better or worse: Markdown, each a sentence or two. */
  readonly inShort?: readonly string[];
  /** Compared with the budgets; empty when the section has none. */
  readonly budgets: readonly BudgetRow[];
  /** Why nothing was measured, such as a program that this machine does not have. */
  readonly absent?: string;
}

/** A table of results. */
export interface Table {
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What was measured for one budget. */
export interface BudgetRow {
  readonly what: string;
  /** The limit as people write it: `≤ 1.25×`. */
  readonly limit: string;
  /** With its unit. */
  readonly measured: string;
  readonly isMet: boolean;
  /** The reason for a budget that is not met, with the measurement that shows it. */
  readonly reason?: string;
}
