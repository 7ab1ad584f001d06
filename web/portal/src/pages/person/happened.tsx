import { useCallback, useState } from "react";
import { Link } from "wouter";
import type { Account, Event } from "../../../../../client/src/client.ts";
import { sentenceOf } from "../../faults.ts";
import { Button } from "../../kit/button.tsx";
import { Loaded, useLoading } from "../../kit/loaded.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Time } from "../../kit/time.tsx";
import { useSession } from "../../session.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { callAsAdministrator } from "../people/administrators.tsx";
import { wholeNameOf } from "../people/words.ts";

/** The names of the accounts that events name, by their ids. */
type Names = Readonly<Record<string, string>>;

/** Events of an account, newest first. */
interface Events {
  readonly events: readonly Event[];
  readonly names: Names;
  /** Where older ones begin. Absent at the end. */
  readonly next?: string | undefined;
}

async function readEvents(id: string, { events, names, next: before }: Events): Promise<Events> {
  const { data, next } = await callAsAdministrator((portal) => portal.accountEventList({ id, before, limit: 15 }));
  const found = await readNames(data.flatMap(accountsOf).filter((each) => !Object.hasOwn(names, each)));
  return { events: [...events, ...data], names: { ...names, ...found }, next };
}

const accountsOf = ({ who, account }: Event): string[] => [
  ...(who.kind === "portalAccount" ? [who.account._id] : []),
  ...(account ? [account._id] : []),
];

async function readNames(ids: readonly string[]): Promise<Names> {
  if (ids.length === 0) return {};
  const where = JSON.stringify({ _id: { $in: [...new Set(ids)] } });
  const { data } = await callAsAdministrator((portal) => portal.accountList({ where, "paths[]": ["name"] }));
  return Object.fromEntries(data.map((account) => [account._id, wholeNameOf(account)]));
}

/** What happened to an account and what its holder did: what, by whom, when, and which fields. */
export function Happened({ account }: { readonly account: Account }) {
  const text = useText();
  const { person, common } = text;
  const id = account._id;
  const load = useCallback(() => readEvents(id, { events: [], names: {} }), [id]);
  const loading = useLoading(load);
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function more(before: Events): Promise<void> {
    setPending(true);
    setProblem(undefined);
    await readEvents(id, before)
      .then(loading.set)
      .catch((error: unknown) => setProblem(sentenceOf(error, text)))
      .finally(() => setPending(false));
  }
  return (
    <section className="card">
      <h2>{person.happened}</h2>
      <Loaded from={loading}>
        {(shown) => (
          <>
            {shown.events.length === 0 && !shown.next && <p>{person.nothingHappened}</p>}
            {shown.events.length > 0 && (
              <ol className="plain">
                {shown.events.map((event) => (
                  <Entry key={event._id} event={event} id={id} names={shown.names} />
                ))}
              </ol>
            )}
            {problem && <Notice kind="problem">{problem}</Notice>}
            {shown.next && (
              <Button kind="secondary" isPending={isPending} onPress={() => void more(shown)}>
                {common.more}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Entry({ event, id, names }: { readonly event: Event; readonly id: string; readonly names: Names }) {
  const text = useText();
  const { person } = text;
  const session = useSession();
  const ownId = session.state === "in" ? session.account._id : "";
  const { what, created, changed, account, sourceIp } = event;
  const events: Readonly<Record<string, string>> = person.events;
  return (
    <li>
      <strong>{events[what] ?? person.otherEvent(what)}</strong>
      <small>
        <Time at={created} /> · {person.by} {whoIn(event, { id, ownId, names }, text)}
        {sourceIp && ` · ${person.from} ${sourceIp}`}
      </small>
      {changed.length > 0 && (
        <small>
          {person.changed}: {fieldWords(changed, text)}
        </small>
      )}
      {account && account._id !== id && (
        <small>
          {person.concerns}{" "}
          {names[account._id] ? (
            <Link href={`/people/${account._id}`}>{names[account._id]}</Link>
          ) : (
            person.deletedAccount
          )}
        </small>
      )}
    </li>
  );
}

interface Reader {
  readonly id: string;
  readonly ownId: string;
  readonly names: Names;
}

/** What only the holder can do, although nobody is signed in before it: with the password, or with a mailed link. */
const byHolder = /^account\.(signedIn|signedOut|verified|passwordReset)$/;

function whoIn({ who, what }: Event, { id, ownId, names }: Reader, { person }: Text): string {
  if (who.kind === "visitor" && byHolder.test(what)) return id === ownId ? person.you : person.themselves;
  if (who.kind === "application") return person.application(who.applicationId);
  if (who.kind === "individual") return person.user(who.userId);
  if (who.kind !== "portalAccount") return person[who.kind];
  if (who.account._id === ownId) return person.you;
  return who.account._id === id ? person.themselves : (names[who.account._id] ?? person.deletedAccount);
}

/** The changed properties, in words. Parts of one are said once. */
function fieldWords(changed: readonly string[], { person }: Text): string {
  const fields: Readonly<Record<string, string>> = person.fields;
  const words = changed.map((path) => fields[path.split(".")[0] ?? ""] ?? path);
  return [...new Set(words)].join(", ");
}
