import type { Definition } from "./command.ts";
import { oneOf } from "./lane.ts";

/** Commands that run workers: late, several at once, and with records that they had before. */
export const workerCommands: readonly Definition[] = [
  {
    id: "SendMessages",
    weight: 3,
    async run({ house: { workers, ledger } }, [how, failing]) {
      if (failing % 4 === 1) workers.failNextMessage();
      await workers.deliver("SendMessages", how % 2 === 1);
      ledger.count("SendMessages", true);
    },
  },
  {
    id: "CleanUp",
    weight: 2,
    async run({ house: { workers, ledger } }, [how, failing]) {
      if (failing % 4 === 1) workers.failNextFile();
      await workers.deliver("CleanUp", how % 2 === 1);
      ledger.count("CleanUp", true);
    },
  },
  {
    id: "EraseOverdue",
    async run({ house: { workers, ledger } }) {
      // What a run of this worker cannot do, a later one does.
      const isDone = await workers.eraseOverdue().then(
        () => true,
        () => false,
      );
      ledger.count("EraseOverdue", isDone);
    },
  },
  {
    id: "ProcessImage",
    weight: 2,
    isPossible: ({ people }) => people.some(({ image }) => image && !image.isReady),
    async run({ model, house: { workers, ledger } }, [who, times]) {
      const image = oneOf(
        model.people.flatMap(({ image }) => (image && !image.isReady ? [image] : [])),
        who,
      );
      if (!image) return;
      await workers.processImage(image.uploadId, 1 + (times % 2));
      ledger.count("ProcessImage", true);
      image.isReady = true;
    },
  },
];
