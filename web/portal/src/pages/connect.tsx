import { type ReactNode, useCallback, useState } from "react";
import { Link } from "wouter";
import { type Account, type ConnectionGetAnswer, isFailure } from "../../../../client/src/client.ts";
import { readStatus, useVisitor } from "../inside.tsx";
import { Form } from "../kit/form.tsx";
import { Loaded, useLoading } from "../kit/loaded.tsx";
import { Page } from "../kit/page.tsx";
import { Time } from "../kit/time.tsx";
import { nameOf } from "../names.ts";
import { call } from "../portal.ts";
import type { Text } from "../text/en.ts";
import { useText } from "../text/language.ts";
import { useToken } from "../token.ts";
import { endOfLink, type LinkEnd } from "./mailed/link-end.ts";
import { Outcome } from "./mailed/outcome.tsx";
import { usePracticeName } from "./mailed/practice-name.ts";

/** Accepts a connection or an invitation by a mailed link. */
export default function ConnectPage() {
  const { mailed, common } = useText();
  const token = useToken();
  const visitor = useVisitor();
  if (!token) return <Ended end="incomplete" />;
  if (visitor?.state === "in") return <Offer token={token} account={visitor.account} />;
  return (
    <Page title={mailed.connectTitle}>
      {visitor ? <Choice token={token} /> : <p className="loading">{common.loading}</p>}
    </Page>
  );
}

/** For somebody who has not signed in: two ways to go on, which both keep the token. */
function Choice({ token }: { readonly token: string }) {
  const { mailed } = useText();
  const practice = usePracticeName();
  return (
    <>
      <p>{mailed.connectIntro(practice)}</p>
      <div className="actions">
        <Link href="/sign-in" state={{ next: `/connect?token=${token}` }} className="button primary">
          {mailed.connectSignIn}
        </Link>
        <Link href={`/register?token=${token}`} className="button secondary">
          {mailed.connectRegister}
        </Link>
      </div>
    </>
  );
}

/** What became of an offer: the connection as it is offered or was accepted, or why there is none. */
type Found = { readonly connection: ConnectionGetAnswer } | { readonly end: LinkEnd };

function Offer({ token, account }: { readonly token: string; readonly account: Account }) {
  const { mailed } = useText();
  const load = useCallback(async (): Promise<Found> => {
    const calling = call((portal) => portal.connectionGet({ connection: token }));
    const end = await endOfLink(calling);
    return end ? { end } : { connection: await calling };
  }, [token]);
  const loading = useLoading(load);
  const { value } = loading;
  if (value && "end" in value) return <Ended end={value.end} />;
  return (
    <Page title={mailed.connectTitle}>
      <Loaded from={loading}>
        {(found) => "connection" in found && <Offered connection={found.connection} token={token} account={account} />}
      </Loaded>
    </Page>
  );
}

/** What is offered, and whether to accept it. */
function Offered({
  connection,
  token,
  account,
}: {
  readonly connection: ConnectionGetAnswer;
  readonly token: string;
  readonly account: Account;
}) {
  const { mailed } = useText();
  const [accepted, setAccepted] = useState<ReactNode>();
  const [end, setEnd] = useState<LinkEnd>();
  const { context, expiresAt, state } = connection;

  async function accept(): Promise<void> {
    const end = await endOfLink(call((portal) => portal.connectionAccept({ connection: token })));
    if (end) return setEnd(end);
    if (context) return setAccepted(await sentenceFor(context._id, mailed));
    // An invitation may give roles, with which more pages can be seen.
    await readStatus().catch(() => {});
    setAccepted(mailed.invitationAccepted);
  }

  if (accepted) return <Accepted isInvitation={!context}>{accepted}</Accepted>;
  if (end) return <DeadLink end={end} />;
  // Both sides may read it by the link after it was accepted, too.
  if (state === 1) return <Accepted isInvitation={!context}>{mailed.alreadyAccepted}</Accepted>;
  if (context?._id === account._id) return <Own />;
  return (
    <>
      <p>{mailed.signedInAs(nameOf(account))}</p>
      <Form
        send={accept}
        submit={mailed.accept}
        explain={(error) => (isOwn(error) ? mailed.own : undefined)}
        beside={
          <Link href="/account" className="button secondary">
            {mailed.notNow}
          </Link>
        }
      >
        <Terms connection={connection} />
        {expiresAt && (
          <p>
            {mailed.connectUntil} <Time at={expiresAt} />.
          </p>
        )}
      </Form>
    </>
  );
}

/** What the reader may do after accepting. */
function Terms({ connection: { context, access } }: { readonly connection: ConnectionGetAnswer }) {
  const { mailed } = useText();
  const practice = usePracticeName();
  if (!context) return <p>{mailed.invitationText(practice)}</p>;
  return (
    <>
      <p>{mailed.connectText(practice)}</p>
      <p>
        <strong>{mailed[`access${access}`]}</strong>
      </p>
      <p>{mailed.connectEnd}</p>
    </>
  );
}

function Accepted({ isInvitation, children }: { readonly isInvitation: boolean; readonly children: ReactNode }) {
  const { mailed } = useText();
  return (
    <>
      <Outcome kind="done">{children}</Outcome>
      <Link href={isInvitation ? "/account" : "/sharing"} className="button primary">
        {isInvitation ? mailed.toAccount : mailed.toConnections}
      </Link>
    </>
  );
}

function Own() {
  const { mailed } = useText();
  return (
    <>
      <Outcome kind="hint">{mailed.own}</Outcome>
      <Link href="/sharing">{mailed.toConnections}</Link>
    </>
  );
}

/** The page of a link that does nothing. */
function Ended({ end }: { readonly end: LinkEnd }) {
  const { mailed } = useText();
  return (
    <Page title={mailed.connectTitle}>
      <DeadLink end={end} />
    </Page>
  );
}

function DeadLink({ end }: { readonly end: LinkEnd }) {
  const { mailed } = useText();
  const sentences = { used: mailed.connectUsed, expired: mailed.connectExpired, incomplete: mailed.incomplete };
  return (
    <>
      <Outcome kind="problem">{sentences[end]}</Outcome>
      <Link href="/sharing">{mailed.toConnections}</Link>
    </>
  );
}

/** What came of accepting, with the name of the account that was shared. Its holder may have ended it already. */
const sentenceFor = (id: string, { acceptedOf, alreadyAccepted }: Text["mailed"]): Promise<string> =>
  call((portal) => portal.accountGet({ id })).then(
    (account) => acceptedOf(nameOf(account)),
    () => alreadyAccepted,
  );

const isOwn = (error: unknown): boolean => isFailure(error, "ConnectionAccept") && error.code === "kAccessDenied";
