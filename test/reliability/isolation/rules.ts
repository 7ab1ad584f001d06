import type { Operation } from "../../../lib/operations.ts";
import type { Attacker } from "./attackers.ts";
import type { Estate } from "./estates.ts";
import type { Name } from "./places.ts";

/** One case of the matrix: who sends which operation with the victim's name at which place. */
export interface Cell {
  readonly row: Operation;
  readonly attacker: Attacker;
  readonly place: string;
  /** The victim's name. */
  readonly name: Name;
  readonly victim: Estate;
}

/**
 * Where the contract lets somebody learn by a name that its owner exists, or act with it. Everywhere else the answer is that to
 * a name that never was.
 */
export interface Rule {
  /** What the contract says, and where. */
  readonly reason: string;
  readonly appliesTo: (cell: Cell) => boolean;
  /** The outcomes that it allows, in the words of the family. */
  readonly outcomes: readonly string[];
  /** Whether the call may change or show records of the victim. */
  readonly mayTouch?: true;
}

const inSamePortal = ({ attacker }: Cell) => attacker.nearness === "same portal";
const ofSameVendor = ({ attacker }: Cell) => attacker.nearness === "same vendor";
const isApplication = ({ attacker }: Cell) => attacker.auth?.applicationId !== undefined;
const isAt =
  (...places: readonly string[]) =>
  ({ place }: Cell) =>
    places.includes(place);
/** Whether the name is a mailed token, and not an id. */
const isToken = ({ name }: Cell) => /^[A-Za-z0-9]{32}$/.test(String(name));
/** Whether the attacker sees the account that is named: somebody with a role sees all, a connection shows one. */
const isSeen = ({ attacker, name, victim: { person } }: Cell) =>
  attacker.sees === "role" ||
  (attacker.sees === "connection" &&
    [person.accountId, person.email, person.mobile].some((own) => isPartOf(own, name)));
const isPartOf = (part: string, name: Name) => String(name).split(" ").includes(part);
const isFor =
  (...ids: readonly string[]) =>
  ({ row }: Cell) =>
    ids.includes(row.id);
/** The outcomes of calls that somebody may make who has come so far. */
const afterwards = ["ok", "kNotLoggedIn", "kNotFound", "kInvalidCredentials", "kAccessDenied"];

/** The first rule that applies to a cell holds. */
export const rules: readonly Rule[] = [
  {
    reason: "A web address is unique over all practices of all vendors (practices §4).",
    appliesTo: (cell) => cell.row.family === "practices" && isAt("body websiteAddress")(cell),
    outcomes: ["4140"],
  },
  {
    reason: "A Direct domain is unique over all practices of all vendors (practices §4).",
    appliesTo: isAt("body directDomain"),
    outcomes: ["4150"],
  },
  {
    reason: "A login id is unique over everything (practices §5).",
    appliesTo: (cell) => isFor("UserCreate", "UserUpdate", "UserSave")(cell) && isAt("body loginId")(cell),
    outcomes: ["4234", "4232", "4060"],
  },
  {
    reason: "An application acts for all practices of its vendor, and lists them (practices §2 and §3).",
    appliesTo: (cell) =>
      ofSameVendor(cell) &&
      isApplication(cell) &&
      cell.row.family !== "accounts" &&
      isAt("body auth.accountId", "body accountId", "header x-account-id", "body cursor")(cell),
    outcomes: ["2000", "4130", "4135", "4140", "4231", "4234", "4012", "200", "201", "204", "404"],
    mayTouch: true,
  },
  {
    reason: "A portal says what it is, and which origins it allows, to everybody (accounts §1).",
    appliesTo: (cell) => isFor("PortalGet", "AccountPreflight")(cell) && isAt("path org", "path path")(cell),
    outcomes: ["ok"],
    mayTouch: true,
  },
  {
    reason:
      "A client key opens all portals of its vendor (accounts §1). Sessions and records stay those of one portal.",
    appliesTo: (cell) =>
      ofSameVendor(cell) &&
      ((!cell.attacker.auth && isAt("path org")(cell)) || isAt("header medable-client-key", "query client_key")(cell)),
    outcomes: afterwards,
  },
  {
    reason:
      "The cookie of a session is the credential of its portal; each sign-in ends the session that it presents (accounts §1).",
    appliesTo: (cell) => inSamePortal(cell) && isAt("cookie md.sid")(cell),
    outcomes: [...afterwards, "kCSRFTokenMismatch"],
    mayTouch: true,
  },
  {
    reason: "Whoever has a mailed token may use it in its portal (accounts §2 and §7).",
    appliesTo: (cell) =>
      inSamePortal(cell) && isToken(cell) && isAt("path token", "body token", "path connection")(cell),
    outcomes: ["ok", "kNotFound", "kAccessDenied", "kNotLoggedIn"],
    mayTouch: true,
  },
  {
    reason: "An e-mail address is unique in its portal (accounts §2).",
    appliesTo: (cell) => inSamePortal(cell) && isFor("AccountRegister")(cell) && isAt("body email")(cell),
    outcomes: ["kExists"],
  },
  {
    reason: "Providers, and those whom a connection gives access, see the account (accounts §3).",
    appliesTo: (cell) => isSeen(cell) && /^(path id|query where|body image\.path)/.test(cell.place),
    outcomes: [
      "ok",
      "kAccessDenied",
      "kNotFound",
      "kNotLoggedIn",
      "kInvalidCredentials",
      "kNoCredentialsSupplied",
      "kMediaNotReady",
    ],
    mayTouch: true,
  },
  {
    reason:
      "Without a session the key of a write belongs to all who call the portal (accounts §1). Operations for strangers read no session.",
    appliesTo: (cell) =>
      inSamePortal(cell) &&
      (!cell.attacker.session || cell.row.tier === "portal") &&
      isAt("header idempotency-key")(cell),
    outcomes: ["ok", "kInvalidArgument", "kNotLoggedIn", "kNotFound"],
  },
  {
    reason:
      "The key of a write on practices belongs to the application, whichever practice it names (practices §1 and §3).",
    appliesTo: (cell) =>
      ofSameVendor(cell) && isApplication(cell) && cell.row.tier === "vendor" && isAt("header idempotency-key")(cell),
    outcomes: ["4060"],
  },
];

/** The rule of the contract for a cell; `undefined` where the answer must be that to a name that never was. */
export const ruleFor = (cell: Cell): Rule | undefined => rules.find(({ appliesTo }) => appliesTo(cell));

/** Whether an attacker may see the victim's records in answers to their own, unchanged request (practices §3, accounts §3). */
export const maySeeAnyway = (cell: Cell): boolean =>
  cell.attacker.sees !== undefined || (ofSameVendor(cell) && isApplication(cell) && cell.row.tier === "vendor");
