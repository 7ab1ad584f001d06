import { useCallback } from "react";
import { Loaded, useLoading } from "../../kit/loaded.tsx";
import { Time } from "../../kit/time.tsx";
import { useText } from "../../text/language.ts";
import { callAsAdministrator } from "../people/administrators.tsx";
import { Asked } from "../people/asked.tsx";
import { wholeNameOf } from "../people/words.ts";
import type { PartProps } from "./part.ts";

/** Where the person has signed in, and a way to forget all of it. */
export function Devices({ account, onChanged }: PartProps) {
  const { person } = useText();
  const id = account._id;
  const load = useCallback(() => callAsAdministrator((portal) => portal.deviceList({ id })), [id]);
  const devices = useLoading(load);
  return (
    <section className="card">
      <h2>{person.devices}</h2>
      <Loaded from={devices}>
        {({ data }) => (
          <>
            <p>{data.length > 0 ? person.devicesText : person.noDevices}</p>
            {data.length > 0 && (
              <ul className="plain">
                {data.map(({ _id, name, lastSeen }) => (
                  <li key={_id}>
                    <strong>{name || person.unnamed}</strong>
                    <small>
                      {person.lastSeen} <Time at={lastSeen} />
                    </small>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
      <div className="part">
        <Asked
          name={person.forget}
          title={person.forgetTitle}
          text={person.forgetText(wholeNameOf(account))}
          isDanger
          send={async () => {
            await callAsAdministrator((portal) => portal.deviceDeleteAll({ id }));
            devices.again();
            onChanged(account);
          }}
          done={person.forgotten}
        />
      </div>
    </section>
  );
}
