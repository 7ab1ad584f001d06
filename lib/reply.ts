/** The status, headers and cookies of an answer. */
export interface Reply {
  status: number;
  readonly headers: Record<string, string>;
  readonly cookies: string[];
}
