import { digestOf } from "../../lib/crypto/digest.ts";
import { generationOf } from "../../lib/table/generation.ts";
import {
  connectionKey,
  deletedPracticeKey,
  idsInSortKey,
  portalAccountKey,
  practiceIdAround,
  practiceItemPrefix,
  practiceKey,
  vendorKey,
} from "../../lib/table/keys.ts";
import type {
  DeletedPractice,
  Erasure,
  IndexKey,
  Key,
  Practice,
  PracticeErasure,
  PracticeId,
} from "../../lib/table/records.ts";
import { sectionKeys } from "../../lib/therapists/practice-profile.ts";
import { type Facts, type Lead, type Owner, readFacts } from "./item-facts.ts";
import { type ItemKind, kindOf } from "./item-kind.ts";

/** An item as it was read. */
export type ReadItem = Key &
  Partial<IndexKey> & { readonly type?: unknown; readonly expiresAt?: unknown; readonly version?: unknown };

/** What was found in a table. */
export interface Findings {
  /** How many items there are of each kind. */
  readonly counts: ReadonlyMap<string, number>;
  /** One line for each disagreement, sorted. It has keys, and no names, addresses or logins. */
  readonly disagreements: readonly string[];
}

/** What is kept of an item until all were read. */
interface Kept extends Key {
  readonly kind: ItemKind;
  readonly leads: readonly Lead[];
  readonly owner: Owner | undefined;
  readonly accounts: readonly Key[];
  /** DynamoDB may delete it at any moment. */
  readonly isExpired: boolean;
  isLed: boolean;
}

/** What is kept of the items in one practice or vendor, apart from the items themselves. */
interface Partition {
  readonly key: Key;
  items: number;
  /** Those that are no audit events. */
  records: number;
  greatestOrganization: number;
  organizationCounter: number;
}

interface Profile {
  sections: number;
  readonly versions: Set<unknown>;
}

const text = ({ pk, sk }: Key) => `${pk}\n${sk}`;
const partitionOf = (practice: PracticeId) => practiceItemPrefix(practice).pk;
/** Where the locks of unknown logins are noted, so that they cost the same work (`lib/practices/individual.ts`). */
const nobodysPartition = partitionOf({ applicationId: "", accountId: "" });
const sectionsOfProfile = Object.keys(sectionKeys({ applicationId: "", accountId: "" }, "")).length;

/** Kinds that lead nowhere, and to which nothing leads. There may be very many of them. */
const alone: readonly ItemKind[] = [
  "event",
  "message",
  "upload",
  "files to delete",
  "count of sent messages",
  "count of calls",
  "count of guesses",
  "answer to repeat",
  "section of a profile",
  "counter of organizations",
  "portal settings",
];

/** Parts of keys that hold a person's e-mail address or login. */
const personal = /^(EMAIL|DIRECT|LOGIN)#(.*)$/s;
const hidden = (part: string) =>
  part.replace(personal, (_, kind: string, value: string) => `${kind}#(digest ${digestOf(value).slice(0, 12)})`);
/** A key as a line shows it. Control characters are written as in JSON. */
const shown = ({ pk, sk }: Key) => [pk, sk].map((part) => JSON.stringify(hidden(part)).slice(1, -1)).join(" / ");

/**
 * Looks whether the items of a table agree with each other: every claim has its owner, every owner its claims, what refers to
 * something refers to something that exists, and the index has what it should have. Give it every item, then ask for the
 * findings.
 */
export class TableCheck {
  readonly #now: Date;
  readonly #counts = new Map<string, number>();
  readonly #lines = new Set<string>();
  readonly #items = new Map<string, Kept>();
  readonly #partitions = new Map<string, Partition>();
  readonly #profiles = new Map<string, Profile>();
  /** Stored practices by partition, and the greatest generation that was deleted under each key. */
  readonly #practices = new Map<string, Key>();
  readonly #deletedGenerations = new Map<string, number>();
  /** Partitions, and keys of accounts and connections, that workers are erasing. */
  readonly #erased = new Set<string>();
  readonly #erasedAccounts: Key[] = [];

  constructor(now: Date) {
    this.#now = now;
  }

  /** Takes an item. */
  add(item: ReadItem): void {
    const found = kindOf(item, item.type);
    const counted = found?.kind ?? "unknown";
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
    if (!found?.isOfType) {
      this.#report("unknown item", item, "no release writes such an item under this key");
      return;
    }
    const { kind } = found;
    const isAlone = alone.includes(kind) || item.type === "void";
    const facts: Facts = isAlone ? {} : readFacts(kind, item, this.#now);
    // A write that was given up may leave its event's place in a practice that never existed.
    if (item.type !== "void") this.#addToPartition(kind, item);
    this.#checkIndex(kind, item, facts);
    if (isAlone) return;
    if (facts.key && text(facts.key) !== text(item)) this.#report(kind, item, "its ids lead to another key");
    this.#note(kind, item);
    const { leads = [], owner, accounts = [] } = facts;
    const isExpired = typeof item.expiresAt === "number" && item.expiresAt * 1000 <= this.#now.getTime();
    const kept: Kept = { kind, pk: item.pk, sk: item.sk, leads, owner, accounts, isExpired, isLed: false };
    this.#items.set(text(item), kept);
  }

  /** Compares all items that were given. */
  findings(): Findings {
    for (const item of this.#items.values()) for (const lead of item.leads) this.#follow(item, lead);
    for (const item of this.#items.values()) {
      if (!item.owner?.mustLead || item.isLed || this.#isExcused(item, item.owner.key)) continue;
      const owner = this.#items.get(text(item.owner.key));
      const what = owner ? "its owner does not name it" : "its owner does not exist";
      this.#report(item.kind, item, what, item.owner.key);
    }
    this.#checkPartitions();
    for (const [name, { sections, versions }] of this.#profiles) {
      const [pk = "", userId = ""] = name.split("\n");
      if (this.#erased.has(pk) || (sections === sectionsOfProfile && versions.size === 1)) continue;
      this.#lines.add(`profile ${shown({ pk, sk: userId })}: its sections are not all there, or of different saves`);
    }
    for (const key of this.#erasedAccounts)
      if (this.#items.has(text(key))) this.#report("account", key, "it is being erased, but exists");
    return { counts: this.#counts, disagreements: [...this.#lines].sort() };
  }

  #report(kind: string, item: Key, what: string, other?: Key): void {
    this.#lines.add(`${kind} ${shown(item)}: ${what}${other ? ` (${shown(other)})` : ""}`);
  }

  #checkIndex(kind: ItemKind, item: ReadItem, { index }: Facts): void {
    if (item.gsi1pk !== index?.gsi1pk || item.gsi1sk !== index?.gsi1sk)
      this.#report(kind, item, "its place in the index is wrong");
  }

  /** Notes what other checks need to know of an item. */
  #note(kind: ItemKind, item: ReadItem): void {
    if (kind === "practice") this.#practices.set(partitionOf(item as Key & Practice), { pk: item.pk, sk: item.sk });
    if (kind === "deleted practice")
      this.#deletedGenerations.set(text(item), (item as Key & DeletedPractice).generation);
    if (kind === "erasure of a practice") this.#erased.add(partitionOf(item as Key & PracticeErasure));
    if (kind !== "erasure of an account" && kind !== "erasure of connections") return;
    const erasure = item as Key & Erasure;
    const account = portalAccountKey(erasure);
    for (const id of erasure.connectionIds) this.#erased.add(text(connectionKey(erasure, id)));
    if (erasure.connectionsOnly) return;
    this.#erased.add(text(account));
    this.#erasedAccounts.push(account);
  }

  #addToPartition(kind: ItemKind, item: ReadItem): void {
    const { pk, sk } = item;
    if (!pk.startsWith("PRACTICE#") && !pk.startsWith("VENDOR#")) return;
    if (pk === nobodysPartition && kind === "event") return;
    const empty = { key: { pk, sk }, items: 0, records: 0, greatestOrganization: 0, organizationCounter: 0 };
    const partition = this.#partitions.get(pk) ?? empty;
    this.#partitions.set(pk, partition);
    partition.items += 1;
    if (kind !== "event") partition.records += 1;
    if (kind === "organization") {
      const id = Number(idsInSortKey(item)[0]);
      partition.greatestOrganization = Math.max(partition.greatestOrganization, id);
    }
    if (kind === "counter of organizations") partition.organizationCounter = Number(item.version);
    if (kind === "section of a profile") {
      const name = `${pk}\n${sk.slice(0, sk.lastIndexOf("#"))}`;
      const profile = this.#profiles.get(name) ?? { sections: 0, versions: new Set() };
      this.#profiles.set(name, profile);
      profile.sections += 1;
      profile.versions.add(item.version);
    }
  }

  /** Follows what an item names. */
  #follow(item: Kept, { key, as, isOwned, mayBeAbsent, stamp }: Lead): void {
    const named = this.#items.get(text(key));
    if (!named) {
      if (!mayBeAbsent && !this.#isExcused(item, key)) this.#report(item.kind, item, `${as} does not exist`, key);
      return;
    }
    if (!isOwned) return;
    const isOurs =
      named.owner && text(named.owner.key) === text(item) && (stamp ?? named.owner.stamp) === named.owner.stamp;
    if (isOurs) named.isLed = true;
    else if (!this.#isExcused(item, key) && !this.#isExcused(named, item))
      this.#report(item.kind, item, `${as} belongs to something else, or differs`, key);
  }

  /** Whether an item, and what it names, need not agree: it is about to be gone, or is being erased. */
  #isExcused(item: Kept, other: Key): boolean {
    const accounts = [...item.accounts, ...(this.#items.get(text(other))?.accounts ?? [])];
    const places = [item, other, ...accounts].flatMap((key) => [key.pk, text(key)]);
    return item.isExpired || places.some((place) => this.#erased.has(place));
  }

  #checkPartitions(): void {
    for (const [pk, partition] of this.#partitions) {
      const { key, items, records, greatestOrganization, organizationCounter } = partition;
      if (pk.startsWith("VENDOR#")) {
        const vendor = { pk, sk: vendorKey("").sk };
        if (!this.#items.has(text(vendor)))
          this.#report("vendor", vendor, `it does not exist, but ${items} items of it`);
        continue;
      }
      const practice = practiceIdAround(key);
      const isBeingErased = this.#erased.has(pk);
      const isStored = this.#practices.has(pk);
      if (isStored && isBeingErased) this.#report("practice", practiceKey(practice), "it is being erased, but exists");
      if (isBeingErased) continue;
      if (greatestOrganization > organizationCounter)
        this.#report("counter of organizations", { pk, sk: "COUNTER#ORG" }, "it is behind the organizations");
      const wasDeleted =
        (this.#deletedGenerations.get(text(deletedPracticeKey(practice))) ?? -1) >= generationOf(practice.accountId);
      // The events of a deleted practice stay.
      if (!isStored && (records > 0 || !wasDeleted))
        this.#report(
          "practice",
          practiceKey(practice),
          `it does not exist, but ${items} items in ${JSON.stringify(pk)}`,
        );
      if (isStored && wasDeleted) this.#report("practice", practiceKey(practice), "it was deleted, but exists");
    }
  }
}
