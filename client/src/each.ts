type Answer = { readonly cursor?: string };
type List = (...args: never[]) => Promise<Answer>;
type Input<Method extends List> = Omit<NonNullable<Parameters<Method>[0]>, "cursor">;
type Element<Method extends List> = Extract<
  Awaited<ReturnType<Method>>[keyof Awaited<ReturnType<Method>>],
  readonly unknown[]
>[number];

/**
 * Iterates over all records of a list. Each page is requested when its first record is needed.
 *
 * ```ts
 * for await (const practice of each(directory.practiceList)) console.log(practice.name);
 * ```
 * @param list a method whose answer has a `cursor`: `practiceList`, `userList`, `organizationList`, `organizationListByTherapist`
 * @throws FrontdeskError when a call fails, or the signal's reason when it is aborted
 */
export async function* each<Method extends List>(
  list: Method,
  ...[input, options]: Record<never, never> extends Input<Method>
    ? [input?: Input<Method>, options?: Parameters<Method>[1]]
    : [input: Input<Method>, options?: Parameters<Method>[1]]
): AsyncGenerator<Element<Method>, void, undefined> {
  const page = list as unknown as (input: object, options?: object) => Promise<Answer>;
  let cursor: string | undefined;
  do {
    const answer = await page({ ...input, ...(cursor !== undefined && { cursor }) }, options);
    yield* Object.values<unknown>(answer).find(Array.isArray) as Element<Method>[];
    cursor = answer.cursor;
  } while (cursor !== undefined);
}
