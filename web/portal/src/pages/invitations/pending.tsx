import { type RefObject, useRef, useState } from "react";
import { type ConnectionListAnswer, isFailure } from "../../../../../client/src/client.ts";
import { Button } from "../../kit/button.tsx";
import { Loaded, type Loading } from "../../kit/loaded.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Time } from "../../kit/time.tsx";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { callAsAdministrator } from "../people/administrators.tsx";
import { Asked } from "../people/asked.tsx";
import { checkMessage, invitationTo, RoleAndMessage } from "./invite.tsx";

type Connection = ConnectionListAnswer["data"][number];

/** Open invitations, newest first. */
interface OpenInvitations {
  readonly invitations: readonly Connection[];
  /** How many connections of all kinds were read. */
  readonly read: number;
  readonly hasMore: boolean;
}

const atOnce = 1000;

/** Reads the open invitations; after some that were read, those that are older. */
export async function readPending(before?: OpenInvitations): Promise<OpenInvitations> {
  const { invitations, read: skip } = before ?? { invitations: [], read: 0 };
  const { data, hasMore } = await callAsAdministrator((portal) => portal.connectionList({ limit: atOnce, skip }));
  // An administrator's list has everybody's connections, too.
  const open = data.filter(({ state, context }) => state === 0 && !context);
  return { invitations: [...invitations, ...open], read: skip + data.length, hasMore };
}

/** The open invitations: until when each is good, and buttons to renew and to withdraw it. */
export function Pending({ from }: { readonly from: Loading<OpenInvitations> }) {
  const { invitations, common } = useText();
  const [withdrawn, setWithdrawn] = useState<string>();
  const heading = useRef<HTMLHeadingElement>(null);

  function onWithdrawn(email: string): void {
    setWithdrawn(email);
    from.again();
  }
  return (
    <section className="card">
      <h2 ref={heading} tabIndex={-1}>
        {invitations.pending}
      </h2>
      {withdrawn && <Notice kind="done">{invitations.withdrawn(withdrawn)}</Notice>}
      <Loaded from={from}>
        {(open) => (
          <>
            {open.invitations.length === 0 && !open.hasMore && <p>{invitations.nonePending}</p>}
            {open.invitations.length > 0 && (
              <ul className="plain">
                {open.invitations.map((each) => (
                  <Row
                    key={each._id}
                    invitation={each}
                    heading={heading}
                    onRenewed={from.again}
                    onWithdrawn={onWithdrawn}
                  />
                ))}
              </ul>
            )}
            {open.hasMore && (
              <Button kind="secondary" onPress={() => void readPending(open).then(from.set)}>
                {common.more}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

interface RowProps {
  readonly invitation: Connection;
  /** Gets the focus after a withdrawal: the button goes with its row. */
  readonly heading: RefObject<HTMLElement | null>;
  readonly onRenewed: () => void;
  readonly onWithdrawn: (email: string) => void;
}

function Row({ invitation, heading, onRenewed, onWithdrawn }: RowProps) {
  const { invitations } = useText();
  const { _id, expiresAt } = invitation;
  const { email = "" } = invitation.target;

  async function withdraw(): Promise<void> {
    try {
      await callAsAdministrator((portal) => portal.connectionDelete({ connection: _id }));
    } catch (error) {
      // Accepted or withdrawn in the meantime: it is no longer open either way.
      if (!isFailure(error) || error.code !== "kNotFound") throw error;
    }
    onWithdrawn(email);
  }
  return (
    <li className="invitation">
      <span>
        <strong>{email}</strong>
        {expiresAt && (
          <small>
            {invitations.until} <Time at={expiresAt} />
          </small>
        )}
      </span>
      <span className="actions">
        <Asked
          name={invitations.renew}
          longName={`${invitations.renew}: ${email}`}
          title={invitations.renewTitle}
          text={invitations.renewText(email)}
          check={checkMessage}
          send={async ({ role, message }) => {
            await callAsAdministrator((portal) =>
              portal.invitationCreate({ targets: [invitationTo(email, role, message)] }),
            );
            onRenewed();
          }}
          explain={hasAccount}
          done={invitations.renewed(email)}
        >
          <RoleAndMessage />
        </Asked>
        <Asked
          name={invitations.withdraw}
          longName={`${invitations.withdraw}: ${email}`}
          kind="quiet"
          title={invitations.withdrawTitle}
          text={invitations.withdrawText(email)}
          isDanger
          send={withdraw}
          focusAfter={heading}
        />
      </span>
    </li>
  );
}

const hasAccount = (error: unknown, { invitations }: Text) =>
  isFailure(error) && error.code === "kExists" ? invitations.renewHasAccount : undefined;
