import { useCallback, useState } from "react";
import { Link, useParams } from "wouter";
import type { Account } from "../../../../client/src/client.ts";
import { Loaded, useLoading } from "../kit/loaded.tsx";
import { Page } from "../kit/page.tsx";
import { noteAccount, useSession } from "../session.ts";
import { useText } from "../text/language.ts";
import { NothingHere } from "./gone.tsx";
import { callAsAdministrator, ForAdministrators } from "./people/administrators.tsx";
import { States } from "./people/table.tsx";
import { wholeNameOf } from "./people/words.ts";
import { Details } from "./person/details.tsx";
import { Devices } from "./person/devices.tsx";
import { Erase } from "./person/erase.tsx";
import { Happened } from "./person/happened.tsx";
import type { PartProps } from "./person/part.ts";
import { Roles } from "./person/roles.tsx";
import { SigningIn } from "./person/signing-in.tsx";
import "./people/people.css";
import "./person/person.css";

/** One person, for administrators: what is known, what they may do, and what happened. */
export default function PersonPage() {
  const { id = "" } = useParams();
  // Below `accounts/` in the API there are other names than ids, such as `status`.
  if (!/^[0-9a-f]{24}$/i.test(id)) return <NothingHere />;
  return (
    <ForAdministrators>
      <Person key={id} id={id} />
    </ForAdministrators>
  );
}

function Person({ id }: { readonly id: string }) {
  const { person } = useText();
  const session = useSession();
  const ownId = session.state === "in" ? session.account._id : undefined;
  const load = useCallback(() => callAsAdministrator((portal) => portal.accountGet({ id })), [id]);
  const loading = useLoading(load);
  const account = loading.value;
  const isOwn = account?._id === ownId;

  // What was done is an event, so that the list of events is read again.
  const [changes, setChanges] = useState(0);

  function onChanged(changed: Account): void {
    loading.set(changed);
    setChanges((before) => before + 1);
    if (isOwn) noteAccount(changed);
  }
  return (
    <Page title={(account && wholeNameOf(account)) || person.title}>
      <p>
        <ToPeople />
      </p>
      <Loaded from={loading}>
        {(account) => <Parts account={account} isOwn={isOwn} onChanged={onChanged} changes={changes} />}
      </Loaded>
    </Page>
  );
}

function Parts({ changes, ...props }: PartProps & { readonly changes: number }) {
  const { account, isOwn } = props;
  return (
    <>
      <p className="person-head">
        <span>{account.email}</span> <States account={account} />
      </p>
      <Details {...props} />
      <Roles {...props} />
      <SigningIn {...props} />
      <Devices {...props} />
      <Happened key={changes} account={account} />
      <Erase account={account} isOwn={isOwn} />
    </>
  );
}

/** Leads back to the list, to the same place if one came from there. */
function ToPeople() {
  const { person } = useText();
  return (
    <Link
      href="/people"
      onClick={(event) => {
        if (!history.state?.isFromList) return;
        event.preventDefault();
        history.back();
      }}
    >
      ← {person.all}
    </Link>
  );
}
