import { type CallOptions, type Connection, call, type Exchange, signalOf } from "./call.ts";
import { type DirectoryOperations, operations, type PortalOperations, type Row } from "./contract.ts";
import { isFailure } from "./failure.ts";
import { authOf, type Caller, type Credentials, type Fields, headersOf, requestOf } from "./request.ts";
import { keepSession, type PortalState } from "./session.ts";

export type { CallOptions, Connection } from "./call.ts";
export type * from "./contract.ts";
export { each } from "./each.ts";
export { type ClientCode, type FailureCode, type FieldFault, FrontdeskError, isFailure } from "./failure.ts";
export type { Caller, Credentials } from "./request.ts";
export type { PortalState } from "./session.ts";

interface Operation {
  readonly input: unknown;
  readonly answer: unknown;
}
type Method<Input, Answer, Options> =
  Record<never, never> extends Input
    ? (input?: Input, options?: Options) => Promise<Answer>
    : (input: Input, options?: Options) => Promise<Answer>;
/** A method for each operation, by its id in camelCase. */
type Methods<Operations, Options> = {
  readonly [Name in keyof Operations]: Operations[Name] extends Operation
    ? Method<Operations[Name]["input"], Operations[Name]["answer"], Options>
    : never;
};

/** What a call of the directory may be told: beside the usual, whom it is for if not for whom the client is. */
export interface DirectoryCallOptions extends CallOptions, Caller {}

/** Where the directory is and who calls. */
export type DirectoryOptions = Connection & Caller & Credentials;

/** Practices, users and therapists. Methods fail with `FrontdeskError`, or with the reason of a signal. */
export interface Directory extends Methods<DirectoryOperations, DirectoryCallOptions> {
  /** The same on behalf of a practice, or of one of its users. */
  as(caller: Caller): Directory;
}

/** Makes a client of practices, users and therapists. @throws TypeError when `url` is none */
export function createDirectory(options: DirectoryOptions): Directory {
  const rows = operations.filter(({ family }) => family !== "accounts");
  const methods = methodsOf<DirectoryCallOptions>(rows, options, (row, input, callOptions) => {
    const { accountId = options.accountId, userId = options.userId } = callOptions;
    const caller = { accountId, userId };
    // In the body, where there is one: it takes ids that no header can carry.
    const inBody = row.tier !== "none" && row.method === "POST";
    const asked = requestOf(row, options.url, input, inBody ? authOf(options, caller) : undefined);
    const headers = row.method === "GET" ? headersOf(options, caller) : {};
    return call(row, asked, options, () => ({ headers }), { ...callOptions, signal: signalOf(callOptions) });
  });
  return { ...(methods as unknown as Directory), as: (caller) => createDirectory({ ...options, ...caller }) };
}

/** Where a portal is and who calls: people with a session, or a server with the practice's application credentials. */
export type PortalOptions = Connection & {
  /** The practice's `websiteAddress`. */
  readonly org: string;
} & (
    | {
        /** The vendor's public client key. */
        readonly clientKey: string;
        /** What `state()` gave: goes on with that session. */
        readonly state?: PortalState | undefined;
        readonly application?: never;
        readonly accountId?: never;
      }
    | {
        readonly application: { readonly id: string; readonly password: string };
        readonly accountId: string;
        readonly clientKey?: never;
        readonly state?: never;
      }
  );

/** The accounts of a portal. Methods fail with `FrontdeskError`, or with the reason of a signal. */
export interface Portal extends Methods<PortalOperations, CallOptions> {
  /** What another client needs to go on with this session. As good as the holder's password: keep it secret. */
  state(): PortalState;
}

/**
 * Makes a client of a portal's accounts, for one person: outside browsers it keeps their cookies, and everywhere the CSRF
 * token. @throws TypeError when `url` is none
 */
export function createPortal(options: PortalOptions): Portal {
  const { url, org, application, accountId, clientKey, state } = options;
  const session = application ? undefined : keepSession(clientKey, state);
  const headers = application && headersOf({ application }, { accountId });
  const exchange = (): Exchange => session?.exchange() ?? { headers: headers ?? {} };

  const rows = operations.filter(({ family }) => family === "accounts");
  const status = operations.find(({ id }) => id === "AccountStatus") as Row;
  const methods = methodsOf<CallOptions>(rows, options, async (row, input, callOptions) => {
    const within = { ...callOptions, signal: signalOf(callOptions) };
    const asked = requestOf(row, url, { ...input, org });
    const send = () => call(row, asked, options, exchange, within);
    try {
      return await send();
    } catch (error) {
      if (!isFailure(error) || error.code !== "kCSRFTokenMismatch") throw error;
      // Refused before it did anything: a page that was loaded anew does not know the token, which any answer tells.
      // Should that fail, it is this operation that does.
      await call({ ...status, id: row.id }, requestOf(status, url, { org }), options, exchange, within);
      return send();
    }
  });
  return { ...(methods as unknown as Portal), state: () => session?.state() ?? { cookies: {} } };
}

type Send<Options> = (row: Row, input: Fields, options: Options) => Promise<unknown>;

function methodsOf<Options>(rows: readonly Row[], { url }: Connection, send: Send<Options>) {
  new URL(url);
  const methodOf =
    (row: Row) =>
    async (input: Fields = {}, options = {} as Options) =>
      send(row, input, options);
  return Object.fromEntries(rows.map((row) => [row.id.charAt(0).toLowerCase() + row.id.slice(1), methodOf(row)]));
}
