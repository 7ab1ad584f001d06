import type { AccountListInput } from "./account-list.ts";
import { type CallOptions, type Connection, call, type Exchange, signalOf } from "./call.ts";
import {
  type Account,
  type AccountStatusAnswer,
  type DirectoryOperations,
  operations,
  type PortalOperations,
  type Row,
} from "./contract.ts";
import { isFailure } from "./failure.ts";
import { directoryHints, portalHints } from "./hints.ts";
import { authOf, type Caller, type Credentials, type Fields, headersOf, requestOf } from "./request.ts";
import { keepSession, type PortalState } from "./session.ts";

export type { AccountListInput, AccountSort, AccountWhere } from "./account-list.ts";
export type { CallOptions, Connection, IgnoredFields } from "./call.ts";
export type * from "./contract.ts";
export { each } from "./each.ts";
export { type ClientCode, type FailureCode, type FieldFault, FrontdeskError, isFailure } from "./failure.ts";
export type { Caller, Credentials } from "./request.ts";
export type { PortalState } from "./session.ts";
export { practiceSetActive, type SetActive, userSetActive } from "./set-active.ts";

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

/** Options of a single directory call. `accountId` and `userId` replace those of the client. */
export interface DirectoryCallOptions extends CallOptions, Caller {}

/** How to reach the directory, and with which credentials. */
export type DirectoryOptions = Connection & Caller & Credentials;

/**
 * The operations of practices, users and therapists, one method each. A method rejects with a `FrontdeskError` when the
 * call fails, with the signal's reason when it is aborted, and with a `TypeError` when its input cannot be sent.
 */
export interface Directory extends Methods<DirectoryOperations, DirectoryCallOptions> {
  /** The same client, but calling for another practice or user: `directory.as({ accountId: "practice-1" })`. */
  as(caller: Caller): Directory;
}

/**
 * Creates a client for practices, users and therapists.
 *
 * ```ts
 * const directory = createDirectory({ url, application: { id: "acme", password } });
 * const { practice } = await directory.practiceGet({ accountId: "practice-1" });
 * ```
 * @throws TypeError when `url` is not a URL
 */
export function createDirectory(options: DirectoryOptions): Directory {
  const reach = { ...options, hints: directoryHints };
  const rows = operations.filter(({ family }) => family !== "accounts");
  const methods = methodsOf<DirectoryCallOptions>(rows, options, (row, input, callOptions) => {
    const { accountId = options.accountId, userId = options.userId } = callOptions;
    const caller = { accountId, userId };
    // Credentials go into the body where there is one, because it can hold ids that a header cannot.
    const inBody = row.tier !== "none" && row.method === "POST";
    const asked = requestOf(row, options.url, input, inBody ? authOf(options, caller) : undefined);
    const headers = row.method === "GET" ? headersOf(options, caller) : {};
    return call(row, asked, reach, () => ({ headers }), { ...callOptions, signal: signalOf(callOptions) });
  });
  return { ...(methods as unknown as Directory), as: (caller) => createDirectory({ ...options, ...caller }) };
}

/**
 * How to reach a portal, and who calls: a person, with `clientKey` and a session; or a server, with `application` and
 * `accountId`, which acts as an administrator.
 */
export type PortalOptions = Connection & {
  /** The practice's `websiteAddress`. */
  readonly org: string;
} & (
    | {
        /** The vendor's public client key. */
        readonly clientKey: string;
        /** Continues a session: the result of another client's `state()`. */
        readonly state?: PortalState | undefined;
        readonly application?: never;
        readonly accountId?: never;
      }
    | {
        /** The application's credentials. Keep them on a server. */
        readonly application: { readonly id: string; readonly password: string };
        /** The practice that the portal belongs to. */
        readonly accountId: string;
        readonly clientKey?: never;
        readonly state?: never;
      }
  );

/** The operations of portals, with conditions and order of lists as objects. */
type TypedPortalOperations = Omit<PortalOperations, "accountList"> & {
  readonly accountList: Omit<PortalOperations["accountList"], "input"> & { readonly input: AccountListInput };
};

/**
 * The operations of a portal's accounts, one method each. A method rejects with a `FrontdeskError` when the call fails,
 * with the signal's reason when it is aborted, and with a `TypeError` when its input cannot be sent.
 */
export interface Portal extends Methods<TypedPortalOperations, CallOptions> {
  /**
   * The session's cookies and CSRF token, with which another client can continue it. Whoever has them can act as the
   * signed-in person, so keep them secret.
   */
  state(): PortalState;
}

/**
 * Creates a client for a portal's accounts. One client is one person: it keeps the CSRF token, and outside browsers also
 * the cookies.
 *
 * ```ts
 * const portal = createPortal({ url, org: "hillside", clientKey });
 * await portal.accountLogin({ email, password });
 * ```
 * @throws TypeError when `url` is not a URL
 */
export function createPortal(options: PortalOptions): Portal {
  const { url, org, application, accountId, clientKey, state } = options;
  const reach = { ...options, hints: portalHints };
  const session = application ? undefined : keepSession(clientKey, state);
  const headers = application && headersOf({ application }, { accountId });
  const exchange = (): Exchange => session?.exchange() ?? { headers: headers ?? {} };

  const rows = operations.filter(({ family }) => family === "accounts");
  const status = operations.find(({ id }) => id === "AccountStatus") as Row;
  // Whose session it is, as far as an answer has told.
  let holder: string | undefined;
  const methods = methodsOf<CallOptions>(rows, options, async (row, input, callOptions) => {
    const within = { ...callOptions, signal: signalOf(callOptions) };
    const asked = requestOf(row, url, { ...input, org });
    const send = async () => {
      const answer = await call(row, asked, reach, exchange, within);
      holder = holderIn(row, answer) ?? holder;
      return answer;
    };
    try {
      return await send();
    } catch (error) {
      if (!isFailure(error) || error.code !== "kCSRFTokenMismatch") throw error;
      // The call was refused before it changed anything. After a page reload the client has no CSRF token, so ask for the
      // status, whose answer has it. If that call fails, report it as a failure of this operation.
      const found = await call({ ...status, id: row.id }, requestOf(status, url, { org }), reach, exchange, within);
      const now = holderIn(status, found);
      // In this browser somebody else has signed in meanwhile. What one person entered is never sent as another.
      if (holder !== undefined && now !== undefined && now !== holder) throw error;
      return send();
    }
  });
  return { ...(methods as unknown as Portal), state: () => session?.state() ?? { cookies: {} } };
}

/** The id of the account whose session an answer belongs to, if the answer is one that tells. */
function holderIn({ id }: Row, answer: unknown): string | undefined {
  if (id === "AccountStatus") return (answer as AccountStatusAnswer).account?._id;
  return id === "AccountLogin" || id === "AccountRegister" ? (answer as Account)._id : undefined;
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
