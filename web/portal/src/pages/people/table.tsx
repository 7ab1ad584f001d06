import { Link } from "wouter";
import type { Account } from "../../../../../client/src/client.ts";
import { Time } from "../../kit/time.tsx";
import { useText } from "../../text/language.ts";
import { keepPlace } from "./place-in-list.ts";
import { rolesOf, statesOf, wholeNameOf } from "./words.ts";

/** People in a table; on phones each row is a card. */
export function PeopleTable({ people: rows }: { readonly people: readonly Account[] }) {
  const text = useText();
  const { people, common, nav } = text;
  return (
    <table className="people" aria-label={nav.people}>
      <thead>
        <tr>
          <th scope="col">{people.name}</th>
          <th scope="col">{common.email}</th>
          <th scope="col">{people.roles}</th>
          <th scope="col">{people.state}</th>
          <th scope="col">{people.since}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((account) => (
          <tr key={account._id}>
            <th scope="row">
              <Link
                href={`/people/${account._id}`}
                state={{ isFromList: true }}
                onClick={() => keepPlace({ top: scrollY })}
              >
                {wholeNameOf(account)}
              </Link>
            </th>
            <td>{account.email}</td>
            <td data-label={people.roles}>{rolesOf(account, text) || people.noRole}</td>
            <td>
              <States account={account} />
            </td>
            <td data-label={people.since}>{account.created && <Time at={account.created} isDateOnly />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The states of an account, each as a label. */
export function States({ account }: { readonly account: Account }) {
  const text = useText();
  return (
    <span className="states">
      {statesOf(account, text).map(({ words, kind }) => (
        <span key={words} className={`state ${kind}`}>
          {words}
        </span>
      ))}
    </span>
  );
}
