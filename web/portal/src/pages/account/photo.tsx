import { type DragEvent, type RefObject, useRef, useState } from "react";
import type { Account, Image } from "../../../../../client/src/client.ts";
import { Button } from "../../kit/button.tsx";
import { Confirm } from "../../kit/confirm.tsx";
import { Notice } from "../../kit/notice.tsx";
import { org } from "../../place.ts";
import { usePortal } from "../../portal.ts";
import { useText } from "../../text/language.ts";
import { acceptedTypes } from "./upload.ts";
import { reasonSentence, usePhoto, type Work } from "./use-photo.ts";

/** The holder's picture: choose or drop a file, see what became of it, remove it. */
export function Photo({ initial, name }: { readonly initial: Image | undefined; readonly name: Account["name"] }) {
  const { account } = useText();
  const photo = usePhoto(initial);
  const { image, work, choose } = photo;
  const [isOver, setOver] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const isBusy = work.stage !== "idle";
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file && !isBusy) void choose(file);
  };
  const over = (event: DragEvent) => {
    // Without this, the browser would open the file in place of the page.
    event.preventDefault();
    setOver(!isBusy);
  };
  return (
    <section
      className={isOver ? "card photo over" : "card photo"}
      aria-labelledby="photo"
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 id="photo" ref={heading} tabIndex={-1}>
        {account.photo}
      </h2>
      <Pictures image={image} name={name} note={work.problem ? undefined : reasonSentence(image, account)} />
      <p className="hint">{account.photoHint}</p>
      {isBusy && <Progress work={work} />}
      <Actions photo={photo} heading={heading} />
      {work.problem && <Notice kind="problem">{work.problem}</Notice>}
      {work.done && <Notice kind="done">{work.done}</Notice>}
    </section>
  );
}

/** What can be done with the picture at present. The heading gets the focus when the button that had it is gone. */
function Actions({
  photo: { image, work, choose, cancel, remove },
  heading,
}: {
  readonly photo: ReturnType<typeof usePhoto>;
  readonly heading: RefObject<HTMLHeadingElement | null>;
}) {
  const { account } = useText();
  const [isAsking, setAsking] = useState(false);
  const { stage, failed } = work;
  const isBusy = stage !== "idle";
  const hasPicture = image?.state === 2;
  const leaving = (act: () => unknown) => () => {
    act();
    heading.current?.focus();
  };
  return (
    <div className="actions">
      <FileButton onChoose={(file) => void choose(file)} isPending={isBusy} hasPicture={hasPicture} />
      {failed && !isBusy && (
        <Button kind="secondary" onPress={leaving(() => choose(failed))}>
          {account.photoAgain}
        </Button>
      )}
      {stage === "sending" && (
        <Button kind="quiet" onPress={leaving(cancel)}>
          {account.photoCancel}
        </Button>
      )}
      {hasPicture && !isBusy && (
        <Button kind="quiet" onPress={() => setAsking(true)}>
          {account.photoRemove}
        </Button>
      )}
      {isAsking && (
        <Confirm
          title={account.photoRemoveTitle}
          submit={account.photoRemove}
          send={remove}
          onClose={() => setAsking(false)}
          focusAfter={heading}
        >
          <p>{account.photoRemoveText}</p>
        </Confirm>
      )}
    </div>
  );
}

/** What the server made of the picture, in both sizes; the initials where there is none. */
function Pictures({
  image,
  name = {},
  note,
}: {
  readonly image: Image | undefined;
  readonly name: Account["name"];
  /** Why there is none. */
  readonly note: string | undefined;
}) {
  const { account } = useText();
  const key = usePortal().info?.clientKey;
  if (image?.state === 2 && key) {
    const address = (facet: string) =>
      `/${org}/v2/accounts/me/image/${facet}?${new URLSearchParams({ client_key: key, v: image.ETag ?? "" })}`;
    return (
      <div className="pictures">
        <img src={address("thumbnail")} alt={account.photoSmall} width={160} height={160} className="thumbnail" />
        <details>
          <summary>{account.photoWhole}</summary>
          <img src={address("content")} alt={account.photoWhole} width={image.width} height={image.height} />
        </details>
      </div>
    );
  }
  const initials = [name.first, name.last].map((each) => [...(each ?? "")][0] ?? "").join("");
  return (
    <div className="pictures">
      <span className="thumbnail initials" aria-hidden="true">
        {initials}
      </span>
      <p>{note ?? account.photoNone}</p>
    </div>
  );
}

/** How far the upload is. */
function Progress({ work: { stage, share = 0 } }: { readonly work: Work }) {
  const { account } = useText();
  const isSending = stage === "sending";
  const sentence = isSending ? account.photoSending : account.photoProcessing;
  return (
    <div className="progress">
      <p role="status">{sentence}</p>
      <progress aria-label={sentence} {...(isSending && { value: share, max: 1 })} />
    </div>
  );
}

/** A button that opens the window in which a file is chosen. */
function FileButton({
  onChoose,
  isPending,
  hasPicture,
}: {
  readonly onChoose: (file: File) => void;
  readonly isPending: boolean;
  readonly hasPicture: boolean;
}) {
  const { account } = useText();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind="secondary" isPending={isPending} onPress={() => input.current?.click()}>
        {hasPicture ? account.photoOther : account.photoChoose}
      </Button>
      <input
        ref={input}
        type="file"
        accept={acceptedTypes}
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // So that the same file can be chosen once more.
          target.value = "";
          if (file) onChoose(file);
        }}
      />
    </>
  );
}
