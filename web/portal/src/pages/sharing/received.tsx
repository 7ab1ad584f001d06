import { useRef, useState } from "react";
import { Link } from "wouter";
import { Button } from "../../kit/button.tsx";
import { Card } from "../../kit/card.tsx";
import { Confirm } from "../../kit/confirm.tsx";
import { Facts } from "../../kit/facts.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Time } from "../../kit/time.tsx";
import { unlessGone } from "../../kit/unless-gone.ts";
import { call } from "../../portal.ts";
import { useText } from "../../text/language.ts";
import type { ReceivedConnection } from "./mine.ts";

/** The accounts of others that the holder may see. */
export function Received({
  received,
  onChanged,
}: {
  readonly received: readonly ReceivedConnection[];
  readonly onChanged: () => void;
}) {
  const { connections } = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  const [asked, setAsked] = useState<ReceivedConnection>();
  const [said, setSaid] = useState("");
  const name = asked?.name || connections.nameless;
  return (
    <Card title={connections.receivedTitle} heading={heading}>
      <p>{received.length > 0 ? connections.receivedText : connections.receivedNone}</p>
      <ul className="entries">
        {received.map((each) => (
          <Entry key={each.connection._id} received={each} onEnd={() => setAsked(each)} />
        ))}
      </ul>
      {said && <Notice kind="done">{said}</Notice>}
      {asked && (
        <Confirm
          title={connections.endTitle}
          submit={connections.end}
          focusAfter={heading}
          onClose={() => setAsked(undefined)}
          send={async () => {
            const { _id } = asked.connection;
            await call((portal) => portal.connectionDelete({ connection: _id })).catch(unlessGone);
            setSaid(connections.ended(name));
            onChanged();
          }}
        >
          <p>{connections.leaveText(name)}</p>
        </Confirm>
      )}
    </Card>
  );
}

function Entry({
  received: { connection, name: known },
  onEnd,
}: {
  readonly received: ReceivedConnection;
  readonly onEnd: () => void;
}) {
  const { connections } = useText();
  const name = known || connections.nameless;
  return (
    <li>
      <div>
        <strong>
          <Link href={`/sharing/${connection._id}`}>{name}</Link>
        </strong>
        <p>{connections.youMay[connection.access]}</p>
        <Facts facts={[[connections.since, <Time key="since" at={connection.created} isDateOnly />]]} />
      </div>
      <Button kind="danger" aria-label={connections.endOf(name)} onPress={onEnd}>
        {connections.end}
      </Button>
    </li>
  );
}
