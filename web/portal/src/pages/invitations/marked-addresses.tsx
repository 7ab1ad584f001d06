/** An address, and in words what is the matter with it. */
export interface MarkedAddress {
  readonly address: string;
  readonly words: string;
  readonly kind: "good" | "warn" | "bad";
}

/** Of more good ones than this, the list is closed at first. */
const goodMax = 10;

/** Addresses with what is the matter with each. Those that need attention come first. */
export function MarkedAddresses({ addresses }: { readonly addresses: readonly MarkedAddress[] }) {
  const good = addresses.filter(({ kind }) => kind === "good");
  const others = addresses.filter(({ kind }) => kind !== "good");
  const [first] = good;
  if (!first || good.length <= goodMax) return <List addresses={[...others, ...good]} />;
  return (
    <div className="marked">
      <List addresses={others} />
      <details>
        <summary>
          {first.words} ({good.length})
        </summary>
        <List addresses={good} />
      </details>
    </div>
  );
}

function List({ addresses }: { readonly addresses: readonly MarkedAddress[] }) {
  if (addresses.length === 0) return null;
  return (
    <ul className="addresses">
      {addresses.map(({ address, words, kind }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same text may be there twice
        <li key={place}>
          <span>{address}</span>
          <span className={`state ${kind}`}>{words}</span>
        </li>
      ))}
    </ul>
  );
}
