import { useCallback, useEffect, useRef, useState } from "react";
import type { Image } from "../../../../../client/src/client.ts";
import { reasons } from "../../../../../lib/accounts/image/reasons.ts";
import { sentenceOf } from "../../faults.ts";
import { call } from "../../portal.ts";
import type { Text } from "../../text/en.ts";
import { useText } from "../../text/language.ts";
import { followImage, problemOf, sendFile, UploadFailed } from "./upload.ts";

/** What is going on with the picture. */
export interface Work {
  /** `sending`: the file is on its way. `processing`: it has arrived, and the server makes a picture of it. */
  readonly stage: "idle" | "sending" | "processing";
  /** The share of the file that was sent, from 0 to 1. */
  readonly share?: number;
  readonly problem?: string;
  /** What has just been done. */
  readonly done?: string;
  /** The file that did not arrive, for another attempt. */
  readonly failed?: File;
}

const idle: Work = { stage: "idle" };

/** The picture of an account, and what can be done with it. */
export function usePhoto(initial: Image | undefined) {
  const text = useText();
  const [image, setImage] = useState(initial);
  const [work, setWork] = useState<Work>(initial?.state === 1 ? { stage: "processing" } : idle);
  const running = useRef(new AbortController());

  const follow = useCallback(
    async (signal: AbortSignal) => {
      setWork({ stage: "processing" });
      const now = await followImage(signal);
      setImage(now);
      setWork(outcomeOf(now, text));
    },
    [text],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a picture that was being processed when the page opened
  useEffect(() => {
    const controller = new AbortController();
    running.current = controller;
    if (initial?.state === 1) void follow(controller.signal).catch(explainTo(setWork, controller.signal, text));
    return () => running.current.abort();
  }, []);

  async function choose(file: File): Promise<void> {
    const { signal } = begin(running);
    const problem = await problemOf(file);
    if (problem) return setWork({ stage: "idle", problem: text.account.photoReasons[problem] });
    try {
      setWork({ stage: "sending", share: 0 });
      // The name of the file may be personal, and nothing needs it.
      const body = { content: "photo" };
      const begun = await call((portal) => portal.accountPutImage({ id: "me", body }, { signal }));
      if (!("uploads" in begun) || !begun.uploads?.[0]) throw new UploadFailed("no upload");
      setImage(begun);
      const onProgress = (share: number) => setWork({ stage: "sending", share });
      await sendFile(begun.uploads[0], file, { signal, onProgress });
      await follow(signal);
    } catch (error) {
      explainTo(setWork, signal, text, file)(error);
    }
  }

  /** Removes the picture, also one that has not arrived. */
  async function clear(done: string): Promise<void> {
    begin(running);
    await call((portal) => portal.accountPutImage({ id: "me", body: { content: null } }));
    setImage(undefined);
    setWork({ ...idle, done });
  }

  const cancel = () => {
    setWork(idle);
    return clear(text.account.photoCancelled).catch(explainTo(setWork, undefined, text));
  };
  return { image, work, choose, cancel, remove: () => clear(text.account.photoRemoved) };
}

/** Ends what is still running, and returns the controller of what begins now. */
function begin(running: { current: AbortController }): AbortController {
  running.current.abort();
  running.current = new AbortController();
  return running.current;
}

/** Returns a function that shows why an upload failed, unless it was cancelled. */
function explainTo(setWork: (work: Work) => void, signal: AbortSignal | undefined, text: Text, failed?: File) {
  return (error: unknown): void => {
    if (signal?.aborted) return;
    const problem = error instanceof UploadFailed ? text.account.photoNotSent : sentenceOf(error, text);
    setWork({ stage: "idle", problem, ...(failed && { failed }) });
  };
}

/** What is said about an image that is not being processed any more, or takes too long. */
function outcomeOf(image: Image | undefined, { account }: Text): Work {
  if (!image) return idle;
  if (image.state === 2) return { ...idle, done: account.photoReady };
  return { ...idle, problem: reasonSentence(image, account) ?? account.photoSlow };
}

/** The sentence for an image that could not be used; `undefined` for any other. */
export function reasonSentence(
  image: Image | undefined,
  { photoReasons, photoUnusable }: Text["account"],
): string | undefined {
  if (image?.state !== 3) return undefined;
  const known = Object.entries(reasons).find(([, sentence]) => sentence === image.reason)?.[0];
  const sentences: Readonly<Record<string, string>> = photoReasons;
  return sentences[known ?? ""] ?? photoUnusable;
}
