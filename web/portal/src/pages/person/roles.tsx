import { useRef, useState } from "react";
import type { AccountPatchInput } from "../../../../../client/src/client.ts";
import { Button } from "../../kit/button.tsx";
import { Choice } from "../../kit/choice.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Form, type Values } from "../../kit/form.tsx";
import { roleIds } from "../../roles.ts";
import { useText } from "../../text/language.ts";
import { callAsAdministrator } from "../people/administrators.tsx";
import { Said } from "../people/said.tsx";
import { roleNames } from "../people/words.ts";
import type { PartProps } from "./part.ts";

/** What the person may do. Roles of other programs stay as they are. */
export function Roles({ account, isOwn, onChanged }: PartProps) {
  const { person, people, common } = useText();
  const { roles = [] } = account;
  const others = roles.filter((id) => !Object.values<string>(roleIds).includes(id));
  const { ask, question } = useQuestion();
  const [saved, setSaved] = useState<string>();

  async function send(values: Values): Promise<void> {
    setSaved(undefined);
    const body: AccountPatchInput["body"] = roleNames
      .filter((name) => (values[name] === "on") !== roles.includes(roleIds[name]))
      .map((name) => ({ op: values[name] ? "push" : "remove", path: "roles", value: roleIds[name] }));
    if (body.length === 0) {
      setSaved(person.unchanged);
      return;
    }
    const isLeaving = isOwn && values.administrator === undefined;
    if (isLeaving && !(await ask())) return;
    onChanged(await callAsAdministrator((portal) => portal.accountPatch({ id: account._id, body })));
    setSaved(person.rolesSaved);
  }
  return (
    <section className="card">
      <h2>{people.roles}</h2>
      <Said>{saved}</Said>
      <Form key={roles.join()} send={send} submit={common.save}>
        <div>
          {roleNames.map((name) => (
            <Choice
              key={name}
              name={name}
              value="on"
              defaultSelected={roles.includes(roleIds[name])}
              label={people.roleNames[name]}
              hint={person.rolesHint[name]}
            />
          ))}
        </div>
        {others.length > 0 && <p className="hint">{person.otherRoles(others.join(", "))}</p>}
      </Form>
      {question}
    </section>
  );
}

/** A question before an administrator takes their own role. `ask` resolves with the answer. */
function useQuestion() {
  const { person, common } = useText();
  const [isOpen, setOpen] = useState(false);
  const answer = useRef<(isYes: boolean) => void>(() => {});
  const close = (isYes: boolean) => {
    setOpen(false);
    answer.current(isYes);
  };
  const ask = () => {
    setOpen(true);
    return new Promise<boolean>((resolve) => {
      answer.current = resolve;
    });
  };
  const question = (
    <Dialog title={person.ownRole} isOpen={isOpen} onClose={() => close(false)}>
      <p>{person.ownRoleText}</p>
      <div className="actions">
        <Button kind="danger" onPress={() => close(true)}>
          {person.ownRoleConfirm}
        </Button>
        <Button kind="quiet" onPress={() => close(false)}>
          {common.cancel}
        </Button>
      </div>
    </Dialog>
  );
  return { ask, question };
}
