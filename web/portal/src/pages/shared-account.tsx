import { type ReactNode, useCallback } from "react";
import { Link, useParams } from "wouter";
import { type Account, isFailure } from "../../../../client/src/client.ts";
import { Card } from "../kit/card.tsx";
import { Facts } from "../kit/facts.tsx";
import { Loaded, useLoading } from "../kit/loaded.tsx";
import { Notice } from "../kit/notice.tsx";
import { Page } from "../kit/page.tsx";
import { Time } from "../kit/time.tsx";
import { nameOf } from "../names.ts";
import { call } from "../portal.ts";
import { useLanguage, useText } from "../text/language.ts";
import { Edit } from "./sharing/edit.tsx";
import type { Connection } from "./sharing/mine.ts";

/** A connection and the account that it opens to the reader. */
interface Opened {
  readonly connection: Connection;
  readonly account: Account;
}

/** Loads the account that a connection opens. `gone` when there is no such connection any more. */
async function load(id: string): Promise<Opened | "gone"> {
  try {
    const connection = await call((portal) => portal.connectionGet({ connection: id }));
    const context = connection.context?._id;
    if (context === undefined) return "gone";
    return { connection, account: await call((portal) => portal.accountGet({ id: context })) };
  } catch (error) {
    if (isFailure(error) && error.code === "kNotFound") return "gone";
    throw error;
  }
}

/** Somebody else's account, as far as a connection opens it to the reader. */
export default function SharedAccountPage() {
  const { connections } = useText();
  const { id = "" } = useParams();
  const opened = useLoading(useCallback(() => load(id), [id]));
  const name = typeof opened.value === "object" ? nameOf(opened.value.account) || connections.nameless : undefined;
  return (
    <Page title={name ? connections.of(name) : connections.title}>
      <p>
        <Link href="/sharing">{connections.back}</Link>
      </p>
      <Loaded from={opened}>
        {(value) =>
          value === "gone" ? (
            <Notice kind="problem">{connections.gone}</Notice>
          ) : (
            <OpenedAccount {...value} onChanged={(account) => opened.set({ ...value, account })} />
          )
        }
      </Loaded>
    </Page>
  );
}

function OpenedAccount({
  connection,
  account,
  onChanged,
}: Opened & { readonly onChanged: (account: Account) => void }) {
  const text = useText();
  const { connections, common } = text;
  const { fields, genders } = text.account;
  const { email, mobile, dob, gender, tz, created } = account;
  const facts: (readonly [string, ReactNode])[] = [
    [connections.fullName, nameOf(account)],
    [common.email, email],
    [fields.mobile, mobile],
    [fields.dob, dob && <Day key="dob" date={dob} />],
    [fields.gender, gender && genders[gender]],
    [fields.tz, tz],
    [connections.memberSince, created && <Time key="created" at={created} isDateOnly />],
  ];
  return (
    <>
      <p>{connections.youMay[connection.access]}</p>
      <Card title={connections.details}>
        <Facts facts={facts.filter(([, value]) => value)} />
      </Card>
      {connection.access === 6 && <Edit account={account} onChanged={onChanged} />}
    </>
  );
}

/** A day, which is the same in every time zone. @param date `YYYY-MM-DD` */
function Day({ date }: { readonly date: string }) {
  const form = new Intl.DateTimeFormat(useLanguage(), { dateStyle: "medium", timeZone: "UTC" });
  return <time dateTime={date}>{form.format(new Date(date))}</time>;
}
