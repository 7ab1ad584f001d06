import type { Operation } from "../../../lib/operations.ts";
import { documentedRows } from "../../../openapi/handlers.ts";
import { isLong, seed } from "../../kit/proof.ts";
import { makeSharedWorld, type SharedWorld } from "../../kit/shared-worlds.ts";
import { allItems, type Item, isWrite, type Response, type TableRequest, watchTable } from "../../kit/system.ts";
import type { World } from "../../kit/worlds.ts";
import { outcomeOf, textOf } from "./answers.ts";
import { type Attacker, asSender, makeAttackers, makeFewAttackers, makeVictim } from "./attackers.ts";
import type { Estate } from "./estates.ts";
import { keyPlace, type Name, neverWas, type Place, placesOf } from "./places.ts";
import { ownRequest, sendRequest } from "./requests.ts";
import { type Cell, maySeeAnyway, type Rule, ruleFor } from "./rules.ts";

/**
 * The isolation matrix. Each attacker sends each operation about their own records, with one name of the victim's in one place; and
 * once more with a name of the same shape that never was. Both answers must be the same.
 */

/** Everybody and everything that a run needs. */
export interface Stage {
  readonly victim: Estate;
  readonly attackers: readonly Attacker[];
  readonly counts: { cells: number; equal: number; otherwise: number; places: Set<string> };
  readonly rulesUsed: Set<Rule>;
  /** Runs something, and puts the table back afterwards. */
  readonly run: SharedWorld["run"];
  /** The victim's items as they were at first, by their keys. */
  readonly items: ReadonlyMap<string, Item>;
  /** All that existed before the calls, as one text. */
  readonly known: string;
  /** The victim's names and values, none of which may be in an answer to somebody else. */
  readonly secrets: readonly string[];
  readonly now: Date;
}

const keyText = ({ pk, sk }: Pick<Item, "pk" | "sk">) => `${pk}\n${sk}`;

/** Makes the victim and the attackers: few in `npm test`. */
export async function makeStage(): Promise<Stage> {
  const items = new Map<string, Item>();
  const made: { victim?: Estate; attackers?: readonly Attacker[] } = {};
  const { run } = await makeSharedWorld("nothing", {}, async () => {
    made.victim = await makeVictim();
    const keys = new Set((await allItems()).map(keyText));
    made.attackers = await (isLong ? makeAttackers : makeFewAttackers)(made.victim);
    for (const item of await allItems()) if (keys.has(keyText(item))) items.set(keyText(item), item);
    // No call needs the world itself.
    return { practice: made.victim.practice, fill: (value) => value } as World;
  });
  const { victim, attackers } = made as Required<typeof made>;
  const now = new Date();
  const known = JSON.stringify([victim, attackers, await allItems()]);
  const counts = { cells: 0, equal: 0, otherwise: 0, places: new Set<string>() };
  return { victim, attackers, counts, rulesUsed: new Set(), run, items, known, secrets: secretsOf(victim), now };
}

/** Texts that only the victim's records contain. */
function secretsOf({
  practice,
  userId,
  login,
  member,
  therapistId,
  directAddress,
  person,
  ...victim
}: Estate): string[] {
  const { accountId, email, mobile, deviceId, sessionId, pending, active, verification, reset } = person;
  return [
    ...[
      practice.accountId,
      practice.applicationPassword,
      userId,
      login.loginId,
      member.loginId,
      therapistId,
      directAddress,
    ],
    ...[accountId, email, mobile, deviceId, sessionId, pending.id, pending.token, active, verification, reset],
    ...[victim.administratorId, victim.invitation.id, victim.invitation.token, victim.eventId],
    ...["victim-first", "victim-note", "victim-last"],
  ];
}

/** Who sends an operation. Therapists and practices are asked with an application's or an individual's credentials. */
const takes = ({ family }: Operation, { auth }: Attacker) => family === "accounts" || auth !== undefined;

/**
 * Whether `npm test` tries a cell. The holder of another account is the nearest attacker of a portal. Headers and cookies are tried
 * across vendors, a third of them at each operation, because operations share the code that reads them.
 */
function isTelling(row: Operation, { auth, nearness }: Attacker, place: Place): boolean {
  if (isLong) return true;
  const ofCredentials = /^(header|cookie)/.test(place.name);
  if (
    ofCredentials &&
    (documentedRows.indexOf(row) + placesOf(row).findIndex(({ name }) => name === place.name)) % 3 > 0
  )
    return false;
  return row.family !== "accounts" || (auth === undefined && ofCredentials === (nearness === "other vendor"));
}

/** Tries all cells of an operation. @returns what was broken, a sentence each */
export async function tryOperation(stage: Stage, row: Operation): Promise<string[]> {
  const broken: string[] = [];
  for (const attacker of stage.attackers.filter((each) => takes(row, each))) {
    for (const place of placesOf(row).filter((each) => isTelling(row, attacker, each))) {
      stage.counts.places.add(`${row.id} ${place.name}`);
      const own = new Set(place.names(attacker.owns, row.id));
      const names = place.names(stage.victim, row.id).filter((name) => !own.has(name) && name !== "undefined");
      for (const name of names.slice(0, isLong ? names.length : 1)) {
        for (const spelt of variantsOf(stage, name, place)) {
          broken.push(...(await tryCell(stage, { row, attacker }, { place, name, spelt })));
        }
      }
    }
  }
  return broken;
}

type Variant = (name: string) => string;
/** Other ways to write a name. */
const otherSpellings: readonly Variant[] = [
  (name) => name.toUpperCase(),
  (name) => ` ${name}`,
  (name) => `${name} `,
  (name) => `${name}0`,
  (name) => name.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`),
];

/** The name, and in long runs, by chance, another way to write it. Headers and secrets have only one. */
function variantsOf({ counts }: Stage, name: Name, place: Place): readonly Variant[] {
  const asItIs: Variant = (same) => same;
  const chance = (counts.cells * 7919 + seed * 104_729) % 25;
  const other = otherSpellings[chance];
  const hasOne = typeof name === "string" && !name.includes(" ") && /^(path|query|body)/.test(place.name);
  return isLong && other && hasOne ? [asItIs, other] : [asItIs];
}

/** Tries one name in one place. @returns what was broken, a sentence each */
async function tryCell(
  stage: Stage,
  { row, attacker }: Pick<Cell, "row" | "attacker">,
  { place, name, spelt }: { readonly place: Place; readonly name: Name; readonly spelt: Variant },
): Promise<string[]> {
  const cell: Cell = { row, attacker, place: place.name, name, victim: stage.victim };
  const own = ownRequest(row.id, attacker);
  const spell = (text: Name) => (typeof text === "number" ? text : spelt(text));
  const ask = async (sent: Name) => {
    const { answer, requests } = await stage.run(async () => {
      if (place.name === keyPlace) await sendAsVictim(stage, cell, place, name);
      return watchTable(() => sendRequest(place.put(own, sent, attacker), stage));
    });
    return { text: textOf(answer, sent, (secret) => stage.known.includes(secret)), answer, requests };
  };
  const [real, never] = [await ask(spell(name)), await ask(spell(neverWas(name)))];
  const rule = ruleFor(cell);
  const outcome = outcomeOf(row.family, real.answer);
  stage.counts.cells += 1;
  const isEqual = real.text === never.text;
  if (isEqual) stage.counts.equal += 1;
  else stage.counts.otherwise += 1;
  if (rule && !isEqual) stage.rulesUsed.add(rule);
  const touched = rule?.mayTouch ? [] : touchedKeys(stage, real.requests);
  const shown = rule?.mayTouch || maySeeAnyway(cell) ? [] : secretsIn(stage, attacker, name, real.answer);
  const at = `${row.id} by ${attacker.name}, ${place.name} = ${JSON.stringify(spell(name))} (seed ${seed})`;
  return [
    ...(isEqual || rule?.outcomes.includes(outcome)
      ? []
      : [`${at} is answered\n${real.text}\nand not as what never was:\n${never.text}`]),
    ...touched.map((key) => `${at} writes the victim's ${key}`),
    ...shown.map((secret) => `${at} shows the victim's ${secret}`),
  ];
}

/** Sends the same operation by the victim, with a name of the victim's at a place. */
function sendAsVictim({ victim, now }: Stage, { row, attacker }: Cell, place: Place, name: Name): Promise<Response> {
  const sender = asSender(victim, row.family !== "accounts", attacker.session);
  return sendRequest(place.put(ownRequest(row.id, sender), name, sender), { now });
}

/** The keys of the victim's items that requests have written. */
function touchedKeys({ items }: Stage, requests: readonly TableRequest[]): string[] {
  const writes = requests
    .filter((request) => request.done && isWrite(request))
    .flatMap(({ input }) => [
      input,
      ...(input.TransactItems ?? []).map(
        ({ ConditionCheck: _, ...part }: object & { ConditionCheck?: object }) => Object.values(part)[0] ?? {},
      ),
    ]);
  const written = writes.flatMap(({ Key, Item }) => Key ?? Item ?? []).map(keyText);
  return written.filter((key) => items.has(key));
}

/** Texts of the victim's in an answer, other than those that the attacker owns or has sent. */
function secretsIn({ secrets }: Stage, { owns }: Attacker, name: Name, { text, headers, cookies }: Response): string[] {
  const [whole, own] = [JSON.stringify([text, headers, cookies]), JSON.stringify(owns)];
  return secrets.filter((secret) => whole.includes(secret) && !own.includes(secret) && !String(name).includes(secret));
}
