import { isObject } from "../../json.ts";
import { nameText, normaliseMobile } from "../account/document.ts";
import { normaliseEmail } from "../account/email.ts";
import { invalidArgument } from "../account/invalid-argument.ts";
import { type AccessLevel, mayRead } from "../account/properties.ts";
import { quoted, valueAt } from "../account/property-path.ts";
import { instantFrom } from "./instant.ts";

/**
 * A filter on accounts: a test of an account as the caller sees it, and the parts of the filter that narrow the reads
 * by key.
 */
export interface Where {
  readonly matches: (view: Record<string, unknown>) => boolean;
  /** The ids that the filter allows, when it names ids. */
  readonly ids: readonly string[] | undefined;
  /** The normalised e-mail address, when the filter names one. */
  readonly email: string | undefined;
  /** Bounds of ids, inclusive. They may include too many ids; `matches` is exact. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Whether the filter has conditions other than bounds of ids. Then few accounts within the bounds may match. */
  readonly filters: boolean;
}

type Test = (view: Record<string, unknown>) => boolean;
interface Clause {
  readonly property: string;
  readonly op: string;
  readonly operand: unknown;
}

const properties = new Set(
  "_id email mobile name.first name.last state locked roles gender created favorite".split(" "),
);
const charactersMax = 8192;
const clausesMax = 50;
const depthMax = 5;
const choicesMax = 1000;
const prefixCharactersMax = 100;

/**
 * Reads a list's `where`, a JSON object. Texts are only compared, so the cost of a filter never grows faster than its
 * length.
 * @param access the caller's access to the accounts of the list
 * @throws Failure kInvalidArgument that names what is unknown or may not be read
 */
export function readWhere(text: unknown, access: AccessLevel): Where {
  if (text === undefined || text === "") return { matches: () => true, ...narrowing([]), filters: false };
  if (typeof text !== "string") throw invalidArgument("where is a JSON object");
  if (text.length > charactersMax) throw invalidArgument(`where has at most ${charactersMax} characters`);
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch {
    throw invalidArgument("where is a JSON object");
  }
  const clauses: Clause[] = [];
  const seen = { count: 0, filters: false };
  const matches = conjunction(filter, access, clauses, seen, 0);
  return { matches, ...narrowing(clauses), filters: seen.filters };
}

/**
 * Returns a test of all conditions of one object.
 * @param certain collects the clauses that every match fulfils; `undefined` below an `$or`
 */
function conjunction(
  filter: unknown,
  access: AccessLevel,
  certain: Clause[] | undefined,
  seen: { count: number; filters: boolean },
  depth: number,
): Test {
  if (!isObject(filter)) throw invalidArgument("where is a JSON object");
  if (depth > depthMax) throw invalidArgument("where is nested too deeply");
  const tests = Object.entries(filter).map(([name, condition]): Test => {
    seen.count += 1;
    if (seen.count > clausesMax) throw invalidArgument("where has too many conditions");
    if (name === "$and" || name === "$or") {
      if (!Array.isArray(condition) || condition.length === 0)
        throw invalidArgument(`${name} takes an array of conditions`);
      const parts = condition.map((part) =>
        conjunction(part, access, name === "$and" ? certain : undefined, seen, depth + 1),
      );
      return name === "$and" ? (view) => parts.every((part) => part(view)) : (view) => parts.some((part) => part(view));
    }
    if (!properties.has(name) || !mayRead(name.split(".")[0] ?? "", access, false)) {
      throw invalidArgument(`Not a property to filter by${quoted([name])}`);
    }
    const operators = isObject(condition) ? Object.entries(condition) : [["$eq", condition] as const];
    if (operators.length === 0) throw invalidArgument(`No condition on ${name}`);
    const conditions = operators.map(([op, operand]) => {
      if (!certain || name !== "_id" || !Object.hasOwn(orders, op)) seen.filters = true;
      const test = comparison(name, op, operand);
      if (op !== "$regex") certain?.push({ property: name, op, operand: comparable(name, operand) });
      return test;
    });
    return (view) => conditions.every((test) => test(view));
  });
  return (view) => tests.every((test) => test(view));
}

const onText = (form: (text: string) => unknown) => (operand: unknown) =>
  typeof operand === "string" ? form(operand) : operand;
const idForm = onText((text) => (/^[0-9a-f]*$/i.test(text) ? text.toLowerCase() : text));
const nameForm = onText(nameText);
const words = new Map([
  ["true", true],
  ["false", false],
]);
const booleanForm = onText((text) => words.get(text.toLowerCase()) ?? text);
function instantForm(operand: unknown): number {
  const at = typeof operand === "string" ? instantFrom(operand) : undefined;
  if (at === undefined) throw invalidArgument("created is compared with instants in ISO 8601");
  return at;
}

/**
 * Functions that bring an operand into the form in which its property is compared. Other properties are compared as
 * they are.
 */
const forms: Readonly<Record<string, (operand: unknown) => unknown>> = {
  _id: idForm,
  roles: idForm,
  email: (operand) => normaliseEmail(operand) ?? operand,
  mobile: (operand) => normaliseMobile(operand) ?? operand,
  "name.first": nameForm,
  "name.last": nameForm,
  locked: booleanForm,
  favorite: booleanForm,
  created: instantForm,
};

/** Returns an operand in that form. */
function comparable(property: string, operand: unknown): unknown {
  // Only one level: arrays inside arrays are refused later, however deeply they are nested.
  if (Array.isArray(operand)) return operand.map((part) => (Array.isArray(part) ? part : comparable(property, part)));
  return forms[property]?.(operand) ?? operand;
}

/** Returns a value of an account in that form. Older records may contain names that are not in NFC. */
function compared(property: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (property === "created") return Date.parse(value);
  return property.startsWith("name.") ? value.normalize("NFC") : value;
}

type Ordered = string | number;
const orders: Readonly<Record<string, (value: Ordered, operand: Ordered) => boolean>> = {
  $gt: (value, operand) => value > operand,
  $gte: (value, operand) => value >= operand,
  $lt: (value, operand) => value < operand,
  $lte: (value, operand) => value <= operand,
};

function comparison(property: string, op: string, stated: unknown): Test {
  const names = property.split(".");
  /** A property with several values matches when one of them does. */
  const any = (test: (value: unknown) => boolean): Test => {
    return (view) => {
      const value = valueAt(view, names);
      return Array.isArray(value) ? value.some(test) : test(value);
    };
  };
  if (op === "$regex") {
    const { prefix, ignoresCase } = anchoredPrefix(stated);
    const folded = (text: string) => (ignoresCase ? text.toLowerCase() : text).normalize("NFC");
    const wanted = folded(prefix);
    return any((value) => typeof value === "string" && folded(value).startsWith(wanted));
  }
  const order = Object.hasOwn(orders, op) ? orders[op] : undefined;
  if (!order && op !== "$eq" && op !== "$ne" && op !== "$in") throw invalidArgument(`Unknown operator${quoted([op])}`);
  const operand = comparable(property, stated);
  const isComparable = (one: unknown): one is Ordered | boolean =>
    typeof one === "string" || typeof one === "boolean" || (typeof one === "number" && property === "created");
  if (op === "$in") {
    if (!Array.isArray(operand) || operand.length > choicesMax || !operand.every(isComparable)) {
      throw invalidArgument(`$in on ${property} takes an array of texts`);
    }
    const choices = new Set<unknown>(operand);
    return any((value) => choices.has(compared(property, value)));
  }
  if (!order) {
    if (!isComparable(operand)) throw invalidArgument(`${op} on ${property} takes a text or boolean`);
    const equals = any((value) => compared(property, value) === operand);
    return op === "$eq" ? equals : (view) => !equals(view);
  }
  if (!isComparable(operand) || typeof operand === "boolean")
    throw invalidArgument(`${op} on ${property} takes a text`);
  return any((raw) => {
    const value = compared(property, raw);
    return typeof value === typeof operand && order(value as Ordered, operand);
  });
}

/**
 * Reads the only kind of pattern that is supported: `/^text/` or `/^text/i`, in which only punctuation may be escaped.
 */
function anchoredPrefix(pattern: unknown): { prefix: string; ignoresCase: boolean } {
  const text = typeof pattern === "string" && pattern.length <= prefixCharactersMax ? pattern : "";
  const [, body, flags] = /^\/\^((?:[^\\^$.|?*+()[\]{}/]|\\[^A-Za-z0-9])*)\/(i?)$/u.exec(text) ?? [];
  if (body === undefined) throw invalidArgument("$regex takes an anchored prefix such as /^s/i");
  return { prefix: body.replace(/\\(.)/gu, "$1"), ignoresCase: flags === "i" };
}

/** Returns the parts of the filter that narrow the reads by key, from clauses that every match fulfils. */
function narrowing(clauses: readonly Clause[]): Omit<Where, "matches" | "filters"> {
  const operandsOf = (property: string, ...ops: string[]) =>
    clauses.filter((clause) => clause.property === property && ops.includes(clause.op)).map(({ operand }) => operand);
  const lists = operandsOf("_id", "$eq", "$in").map((operand) => (Array.isArray(operand) ? operand : [operand]));
  const [email] = operandsOf("email", "$eq");
  // Non-ASCII text sorts differently in a key, so only `matches` checks it.
  const bounds = (...ops: string[]) => (operandsOf("_id", ...ops) as string[]).filter((text) => /^[ -~]*$/.test(text));
  const from = bounds("$gt", "$gte");
  const to = bounds("$lt", "$lte");
  return {
    ids: lists[0]?.filter((id): id is string => typeof id === "string" && /^[0-9a-f]{24}$/.test(id)),
    email: typeof email === "string" ? email : undefined,
    from: from.sort().at(-1),
    to: to.sort()[0],
  };
}
