import { useCallback } from "react";
import { useLoading } from "../kit/loaded.tsx";
import { Page } from "../kit/page.tsx";
import { useText } from "../text/language.ts";
import { Invite } from "./invitations/invite.tsx";
import { Pending, readPending } from "./invitations/pending.tsx";
import { ForAdministrators } from "./people/administrators.tsx";
import "./people/people.css";
import "./person/person.css";
import "./invitations/invitations.css";

/** Invites people to register, and shows whose invitation is open. For administrators. */
export default function InvitationsPage() {
  const { nav } = useText();
  return (
    <ForAdministrators>
      <Page title={nav.invitations}>
        <Invitations />
      </Page>
    </ForAdministrators>
  );
}

function Invitations() {
  const pending = useLoading(useCallback(() => readPending(), []));
  return (
    <>
      <Invite onSent={pending.again} />
      <Pending from={pending} />
    </>
  );
}
