import { limitsCalls, type Operation, type OperationId, type Tier, takesKeys } from "./operations.ts";

/**
 * What each function does to which partitions of the table. Plain data. The function's role allows this and nothing else, and
 * `test/cdk/access.test.ts` compares it with the requests that the functions really make.
 */

/**
 * The kinds of access, by the names of IAM's actions. `QueryIndex` is a Query of the index, and `UpdatePasswordHash` an
 * UpdateItem of nothing but a password's hash and the record's version.
 */
export type Action =
  | "BatchGetItem"
  | "Query"
  | "QueryIndex"
  | "PutItem"
  | "UpdateItem"
  | "UpdatePasswordHash"
  | "DeleteItem"
  | "ConditionCheckItem";

/**
 * How the key of a partition begins (`lib/table/keys.ts`). `VENDOR…USERS`, `ERASURES` and `UNVERIFIED` are
 * partitions of the index.
 */
export type Partition =
  | "VENDOR"
  | "VENDOR…USERS"
  | "PRACTICE"
  | "CLIENTKEY"
  | "WEBADDRESS"
  | "DIRECTDOMAIN"
  | "LOGIN"
  | "SESSION"
  | "TOKEN"
  | "TRIES"
  | "LIMIT"
  | "MESSAGE"
  | "SENT"
  | "UPLOAD"
  | "FILES"
  | "ERASURE"
  | "IDEMPOTENCY"
  | "ERASURES"
  | "UNVERIFIED";

/** Actions, each with the partitions that it is used on. */
export type TableAccess = { readonly [A in Action]?: readonly Partition[] };

/**
 * An individual may sign in at the tiers of practices and users. Their guesses are counted, the event of a lock is stored, and
 * the first sign-in replaces a hash of another system.
 */
const individual: TableAccess = {
  BatchGetItem: ["VENDOR", "PRACTICE", "LOGIN"],
  UpdateItem: ["TRIES"],
  UpdatePasswordHash: ["PRACTICE"],
  DeleteItem: ["TRIES"],
  PutItem: ["PRACTICE"],
};
const portal: TableAccess = { BatchGetItem: ["WEBADDRESS", "CLIENTKEY", "VENDOR", "PRACTICE"] };
/** Also reads sessions. */
const visitor: TableAccess = { BatchGetItem: [...(portal.BatchGetItem ?? []), "SESSION"] };
/** Also notes the use of the session. */
const session: TableAccess = { ...visitor, UpdateItem: ["SESSION"] };

/** What admitting the caller does, by tier. */
const admission: Readonly<Record<Tier, TableAccess>> = {
  none: {},
  vendor: { BatchGetItem: ["VENDOR"] },
  account: individual,
  user: individual,
  portal,
  visitor,
  session,
};

/** Writes by people have a condition on their own record, those under a connection also on that. */
const rightsHeld: TableAccess = { ConditionCheckItem: ["PRACTICE"] };

/** A write with an idempotency key claims the key, stores its answer, reads it again, and gives the key back after a failure. */
const idempotency: TableAccess = {
  PutItem: ["IDEMPOTENCY"],
  BatchGetItem: ["IDEMPOTENCY"],
  UpdateItem: ["IDEMPOTENCY"],
  DeleteItem: ["IDEMPOTENCY"],
};

/** Calls of entrances, and sign-ins of individuals, are counted for each address; those of entrances also for each application. */
const limits: TableAccess = { UpdateItem: ["LIMIT"] };

/** What an operation does besides admitting its caller. */
// biome-ignore format: one operation, one line
const own: { readonly [Id in OperationId]?: TableAccess } = {
  PracticeCreate: { ConditionCheckItem: ["VENDOR"], PutItem: ["VENDOR", "PRACTICE", "WEBADDRESS", "DIRECTDOMAIN"] },
  PracticeUpdate: { PutItem: ["VENDOR", "PRACTICE", "WEBADDRESS", "DIRECTDOMAIN"], DeleteItem: ["PRACTICE"] },
  PracticeSave: { ConditionCheckItem: ["VENDOR"], PutItem: ["VENDOR", "PRACTICE", "WEBADDRESS", "DIRECTDOMAIN"], DeleteItem: ["PRACTICE"] },
  PracticeDelete: { PutItem: ["VENDOR", "PRACTICE", "WEBADDRESS", "DIRECTDOMAIN", "ERASURE"], DeleteItem: ["VENDOR", "PRACTICE"] },
  PracticeList: { Query: ["VENDOR"] },
  UserCreate: { ...rightsHeld, PutItem: ["PRACTICE", "LOGIN"] },
  UserUpdate: { ...rightsHeld, PutItem: ["PRACTICE", "LOGIN"], DeleteItem: ["PRACTICE", "LOGIN"] },
  UserSave: { ...rightsHeld, PutItem: ["PRACTICE", "LOGIN"], DeleteItem: ["PRACTICE", "LOGIN"] },
  UserDelete: { ...rightsHeld, PutItem: ["PRACTICE"], DeleteItem: ["PRACTICE", "LOGIN"] },
  UserList: { BatchGetItem: ["PRACTICE"], Query: ["PRACTICE"], QueryIndex: ["VENDOR…USERS"] },
  EventList: { Query: ["VENDOR", "PRACTICE"] },
  PortalSettingsSave: { ...rightsHeld, PutItem: ["PRACTICE"] },

  OrganizationSave: { ...rightsHeld, PutItem: ["PRACTICE"], UpdateItem: ["PRACTICE"], DeleteItem: ["PRACTICE"] },
  OrganizationList: { Query: ["PRACTICE"] },
  OrganizationListByTherapist: { Query: ["PRACTICE"] },
  PracticeProfileSave: { ...rightsHeld, PutItem: ["PRACTICE"] },
  PracticeProfileList: { Query: ["PRACTICE"] },
  PracticeProfileGet: { Query: ["PRACTICE"] },

  SettingsPut: { ...rightsHeld, PutItem: ["PRACTICE"] },
  AccountRegister: { ...rightsHeld, BatchGetItem: ["TOKEN", "SESSION"], PutItem: ["PRACTICE", "TOKEN", "SESSION", "MESSAGE"], DeleteItem: ["PRACTICE", "SESSION"] },
  AccountLogin: { ...rightsHeld, BatchGetItem: ["SESSION"], PutItem: ["PRACTICE", "SESSION", "MESSAGE"], UpdateItem: ["PRACTICE", "TRIES"], DeleteItem: ["PRACTICE", "TRIES", "SESSION"] },
  AccountLogout: { PutItem: ["PRACTICE"], DeleteItem: ["PRACTICE", "SESSION"] },
  AccountRequestPasswordReset: { PutItem: ["PRACTICE", "TOKEN", "MESSAGE"] },
  AccountResetPassword: { BatchGetItem: ["TOKEN"], PutItem: ["PRACTICE", "MESSAGE", "ERASURE"], UpdateItem: ["PRACTICE"], DeleteItem: ["PRACTICE", "TOKEN", "TRIES"] },
  AccountUpdatePassword: { PutItem: ["PRACTICE", "MESSAGE"], UpdateItem: ["TRIES"], DeleteItem: ["TRIES"] },
  AccountVerify: { BatchGetItem: ["TOKEN"], UpdateItem: ["SESSION"], PutItem: ["PRACTICE"], DeleteItem: ["TOKEN"] },
  TotpCreate: { ...rightsHeld, PutItem: ["PRACTICE"] },
  TotpConfirm: { ...rightsHeld, PutItem: ["PRACTICE", "MESSAGE"], UpdateItem: ["TRIES"], DeleteItem: ["PRACTICE", "TRIES"] },
  TotpDelete: { ...rightsHeld, PutItem: ["PRACTICE", "MESSAGE"], UpdateItem: ["TRIES"], DeleteItem: ["PRACTICE", "TRIES"] },
  AccountReject: { BatchGetItem: ["TOKEN"], UpdateItem: ["SESSION"], PutItem: ["PRACTICE", "FILES", "ERASURE"], DeleteItem: ["PRACTICE"] },
  AccountDelete: { ...rightsHeld, PutItem: ["PRACTICE", "MESSAGE", "FILES", "ERASURE"], UpdateItem: ["TRIES"], DeleteItem: ["PRACTICE", "TRIES"] },
  AccountResendVerification: { ...rightsHeld, PutItem: ["PRACTICE", "TOKEN", "MESSAGE"], DeleteItem: ["TOKEN"] },
  DeviceList: { Query: ["PRACTICE"] },
  DeviceDelete: { ...rightsHeld, PutItem: ["PRACTICE", "MESSAGE"], DeleteItem: ["PRACTICE"] },
  DeviceDeleteAll: { ...rightsHeld, PutItem: ["PRACTICE", "MESSAGE"], UpdateItem: ["PRACTICE"] },
  AccountEventList: { Query: ["PRACTICE"] },
  SessionList: { Query: ["PRACTICE"] },
  SessionDelete: { PutItem: ["PRACTICE"], DeleteItem: ["PRACTICE", "SESSION"] },
  SessionDeleteOthers: { PutItem: ["PRACTICE"] },
  ConnectionCreate: { ...rightsHeld, PutItem: ["PRACTICE", "TOKEN", "MESSAGE"] },
  ConnectionAccept: { ...rightsHeld, BatchGetItem: ["TOKEN"], PutItem: ["PRACTICE", "TOKEN"], DeleteItem: ["PRACTICE"] },
  ConnectionList: { Query: ["PRACTICE"] },
  ConnectionGet: { BatchGetItem: ["TOKEN"] },
  ConnectionPatch: { ...rightsHeld, PutItem: ["PRACTICE"] },
  ConnectionDelete: { ...rightsHeld, PutItem: ["PRACTICE"], DeleteItem: ["PRACTICE"] },
  InvitationCreate: { ...rightsHeld, PutItem: ["PRACTICE", "TOKEN", "MESSAGE"] },
  AccountList: { Query: ["PRACTICE"] },
  AccountPut: { ...rightsHeld, PutItem: ["PRACTICE", "MESSAGE", "UPLOAD", "FILES"], UpdateItem: ["PRACTICE"] },
  AccountPutImage: { ...rightsHeld, PutItem: ["PRACTICE", "UPLOAD", "FILES"] },
  AccountPatch: { ...rightsHeld, PutItem: ["PRACTICE", "MESSAGE", "UPLOAD", "FILES"], UpdateItem: ["PRACTICE"] },
  AccountPreflight: { BatchGetItem: ["WEBADDRESS", "VENDOR", "PRACTICE"] },
  PortalGet: { BatchGetItem: ["WEBADDRESS", "VENDOR", "PRACTICE"] },
};

/**
 * What the workers do. The one that sends messages makes an item of each, counts what it sends, and marks it as sent; those that
 * make pictures and clean up take leases on uploads and erasures.
 */
export const workerAccess = {
  SendMessages: { BatchGetItem: ["SENT"], PutItem: ["MESSAGE", "SENT"], UpdateItem: ["MESSAGE", "SENT"] },
  ProcessImage: { BatchGetItem: ["UPLOAD", "PRACTICE"], UpdateItem: ["UPLOAD"], PutItem: ["PRACTICE"] },
  CleanUp: {
    BatchGetItem: ["PRACTICE", "TOKEN", "ERASURE"],
    Query: ["PRACTICE"],
    PutItem: ["PRACTICE", "FILES"],
    UpdateItem: ["ERASURE"],
    DeleteItem: ["PRACTICE", "LOGIN", "SESSION", "TOKEN", "UPLOAD", "ERASURE"],
  },
  EraseOverdue: {
    QueryIndex: ["UNVERIFIED", "ERASURES"],
    BatchGetItem: ["PRACTICE", "ERASURE"],
    Query: ["PRACTICE"],
    PutItem: ["PRACTICE", "FILES", "ERASURE"],
    UpdateItem: ["ERASURE"],
    DeleteItem: ["PRACTICE", "LOGIN", "SESSION", "TOKEN", "UPLOAD", "ERASURE"],
  },
} as const satisfies Readonly<Record<string, TableAccess>>;

/** What an operation does besides admitting its caller. @internal */
export const ownAccessOf = (id: OperationId): TableAccess => own[id] ?? {};

/** All that an operation's function does to the table, including to admit its caller. */
export function accessOf(row: Pick<Operation, "id" | "tier" | "table" | "entrance">): TableAccess {
  const { id, tier } = row;
  const all = [
    admission[tier],
    ...(limitsCalls(row) ? [limits] : []),
    own[id as OperationId] ?? {},
    ...(takesKeys(row) ? [idempotency] : []),
  ];
  const actions = all.flatMap((access) => Object.keys(access) as Action[]);
  return Object.fromEntries(
    actions.map((action) => [action, [...new Set(all.flatMap((access) => access[action] ?? []))]]),
  );
}
