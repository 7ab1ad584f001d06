import { Link, useLocation } from "wouter";
import type { Account } from "../../../../../client/src/client.ts";
import { Field } from "../../kit/field.tsx";
import type { Values } from "../../kit/form.tsx";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { callAsAdministrator } from "../people/administrators.tsx";
import { Asked } from "../people/asked.tsx";
import { wholeNameOf } from "../people/words.ts";

/** Deletes the account, once its e-mail address was typed. */
export function Erase({ account, isOwn }: { readonly account: Account; readonly isOwn: boolean }) {
  const { person, nav } = useText();
  const [, navigate] = useLocation();
  const { _id: id, email = "" } = account;
  const check = ({ confirm = "" }: Values, { person }: Text): Record<string, string> =>
    confirm.trim().toLowerCase() === email ? {} : { confirm: person.eraseMismatch };
  return (
    <section className="card">
      <h2>{person.erase}</h2>
      {isOwn ? (
        <p>
          {person.eraseOwn} <Link href="/account">{nav.account}</Link>.
        </p>
      ) : (
        <>
          <p>{person.eraseText(wholeNameOf(account))}</p>
          <Asked
            name={person.erase}
            kind="danger"
            title={person.eraseTitle}
            text={person.eraseText(wholeNameOf(account))}
            isDanger
            check={check}
            send={async () => {
              await callAsAdministrator((portal) => portal.accountDelete({ id, body: {} }));
              navigate("/people", { replace: true, state: { isErased: true } });
            }}
          >
            <Field label={person.eraseConfirm(email)} name="confirm" isRequired autoComplete="off" />
          </Asked>
        </>
      )}
    </section>
  );
}
