/** What an answer says besides its body. */
export interface Reply {
  status: number;
  readonly headers: Record<string, string>;
  readonly cookies: string[];
}
