import { type AskedProps, useAsking } from "../../kit/asking.ts";
import { Button } from "../../kit/button.tsx";
import { Card } from "../../kit/card.tsx";
import { Confirm } from "../../kit/confirm.tsx";
import { Facts } from "../../kit/facts.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Time } from "../../kit/time.tsx";
import { unlessGone } from "../../kit/unless-gone.ts";
import { call } from "../../portal.ts";
import { useText } from "../../text/language.ts";
import { explain } from "./invite.tsx";
import type { Connection } from "./mine.ts";

/** What the reader wants to do with an invitation. */
interface Asked {
  readonly connection: Connection;
  readonly what: "renew" | "withdraw";
}

/** The invitations that nobody has accepted yet. */
export function Pending({
  connections: pending,
  onChanged,
}: {
  readonly connections: readonly Connection[];
  readonly onChanged: () => void;
}) {
  const { connections } = useText();
  const { heading, asked, ask, said, props } = useAsking<Asked>(onChanged);
  return (
    <Card title={connections.pendingTitle} heading={heading}>
      {pending.length === 0 && <p>{connections.pendingNone}</p>}
      <ul className="entries">
        {pending.map((connection) => (
          <Entry key={connection._id} connection={connection} onAsk={(what) => ask({ connection, what })} />
        ))}
      </ul>
      {said && <Notice kind="done">{said}</Notice>}
      {asked && <Answer {...asked} {...props} />}
    </Card>
  );
}

function Entry({
  connection: { target, access, expiresAt = "" },
  onAsk,
}: {
  readonly connection: Connection;
  readonly onAsk: (what: Asked["what"]) => void;
}) {
  const { connections } = useText();
  const { email = "" } = target;
  return (
    <li>
      <div>
        <strong>{email}</strong>
        <Facts
          facts={[
            [connections.may, connections.theyMay[access]],
            [connections.until, <Time key="until" at={expiresAt} />],
          ]}
        />
      </div>
      <div className="actions">
        <Button kind="secondary" aria-label={connections.sendAgainTo(email)} onPress={() => onAsk("renew")}>
          {connections.sendAgain}
        </Button>
        <Button kind="danger" aria-label={connections.withdrawOf(email)} onPress={() => onAsk("withdraw")}>
          {connections.withdraw}
        </Button>
      </div>
    </li>
  );
}

function Answer({ connection: { _id, target, access }, what, onDone, ...props }: Asked & AskedProps) {
  const { connections } = useText();
  const { email = "" } = target;
  if (what === "renew") {
    return (
      <Confirm
        {...props}
        kind="primary"
        title={connections.sendAgainTitle}
        submit={connections.sendAgain}
        explain={explain}
        send={async () => {
          await call((portal) => portal.connectionCreate({ id: "me", body: { targets: [{ email, access }] } }));
          onDone(connections.sentAgain(email));
        }}
      >
        <p>{connections.sendAgainText(email)}</p>
      </Confirm>
    );
  }
  return (
    <Confirm
      {...props}
      title={connections.withdrawTitle}
      submit={connections.withdraw}
      send={async () => {
        await call((portal) => portal.connectionDelete({ connection: _id })).catch(unlessGone);
        onDone(connections.withdrawn(email));
      }}
    >
      <p>{connections.withdrawText(email)}</p>
    </Confirm>
  );
}
