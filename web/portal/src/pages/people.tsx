import { useEffect, useId, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { Button } from "../kit/button.tsx";
import { Loaded } from "../kit/loaded.tsx";
import { Notice } from "../kit/notice.tsx";
import { Page } from "../kit/page.tsx";
import { Select } from "../kit/select.tsx";
import { useText } from "../text/language.ts";
import { ForAdministrators } from "./people/administrators.tsx";
import type { Filter } from "./people/find.ts";
import "./people/people.css";
import { keepPlace, readPlace, takeErased } from "./people/place-in-list.ts";
import { PeopleTable } from "./people/table.tsx";
import { usePeople } from "./people/use-people.ts";
import { roleOptions } from "./people/words.ts";

/** Everybody who has an account at the portal, for administrators. */
export default function PeoplePage() {
  const { nav } = useText();
  return (
    <ForAdministrators>
      <Page title={nav.people} isWide>
        <People />
      </Page>
    </ForAdministrators>
  );
}

const searchDelayMs = 300;

function People() {
  const { people } = useText();
  const [, navigate] = useLocation();
  const query = new URLSearchParams(useSearch());
  const role = query.get("role") ?? "";
  const state = query.get("state") ?? "";
  const [typed, setTyped] = useState(() => readPlace().text);
  const [isErased] = useState(takeErased);
  const text = useDelayed(typed);
  const filter = { text, role, state };
  const isFiltered = Boolean(text || role || state);

  const type = (text: string) => {
    setTyped(text);
    keepPlace({ text, range: undefined });
  };
  const choose = (change: { role?: string; state?: string }) => {
    const chosen = Object.entries({ role, state, ...change }).filter(([, value]) => value);
    const search = new URLSearchParams(chosen).toString();
    navigate(search ? `/people?${search}` : "/people", { replace: true, state: history.state });
  };
  return (
    <>
      {isErased && <Notice kind="done">{people.erased}</Notice>}
      <Filters filter={{ text: typed, role, state }} onText={type} onChoose={choose} />
      <Found
        filter={filter}
        isFiltered={isFiltered}
        onShowAll={() => {
          type("");
          choose({ role: "", state: "" });
        }}
      />
    </>
  );
}

/** The text, once nothing was typed for a moment. */
function useDelayed(text: string): string {
  const [delayed, setDelayed] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(text), searchDelayMs);
    return () => clearTimeout(timer);
  }, [text]);
  return delayed;
}

function Filters({
  filter: { text: typed, role, state },
  onText,
  onChoose,
}: {
  readonly filter: Filter;
  readonly onText: (text: string) => void;
  readonly onChoose: (change: { role?: string; state?: string }) => void;
}) {
  const text = useText();
  const { people } = text;
  const id = useId();
  return (
    <search className="filters">
      <div className="field">
        <label htmlFor={id}>{people.search}</label>
        <span className="control">
          <input
            id={id}
            type="search"
            value={typed}
            onChange={(event) => onText(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            aria-describedby={`${id}-hint`}
          />
        </span>
        <span id={`${id}-hint`} className="hint">
          {people.searchHint}
        </span>
      </div>
      <Select
        label={people.role}
        options={roleOptions(people.anyRole, text)}
        value={role}
        onChange={(role) => onChoose({ role })}
      />
      <Select
        label={people.state}
        options={[
          ["", people.anyState],
          ["verified", people.verified],
          ["unverified", people.unverified],
          ["locked", people.locked],
        ]}
        value={state}
        onChange={(state) => onChoose({ state })}
      />
    </search>
  );
}

interface FoundProps {
  readonly filter: Filter;
  readonly isFiltered: boolean;
  readonly onShowAll: () => void;
}

function Found({ filter, isFiltered, onShowAll }: FoundProps) {
  const { people, common } = useText();
  const { shown, more, isLoadingMore, problem } = usePeople(filter);
  return (
    <Loaded from={shown}>
      {(found) => (
        <>
          <p className="count" role="status">
            {found.people.length > 0 && people.shown(found.people.length)}
            {found.people.length === 0 && found.hasMore && people.tooMany}
            {found.people.length === 0 && !found.hasMore && (isFiltered ? people.noneMatch : people.none)}
          </p>
          {found.people.length > 0 && <PeopleTable people={found.people} />}
          {problem && <Notice kind="problem">{problem}</Notice>}
          <div className="actions">
            {found.people.length > 0 && found.hasMore && (
              <Button kind="secondary" isPending={isLoadingMore} onPress={() => void more(found)}>
                {common.more}
              </Button>
            )}
            {found.people.length === 0 && isFiltered && (
              <Button kind="secondary" onPress={onShowAll}>
                {people.showAll}
              </Button>
            )}
            {found.people.length === 0 && !isFiltered && <Link href="/invitations">{people.invite}</Link>}
          </div>
        </>
      )}
    </Loaded>
  );
}
