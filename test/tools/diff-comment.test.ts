import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { cleanUp, run, temporaryFolder } from "../kit/children.ts";

const program = fileURLToPath(new URL("../../tools/diff-comment.ts", import.meta.url));
afterEach(cleanUp);

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly type: string };
}

/** Runs the program against a GitHub that has these comments, and keeps what the program writes. */
async function commentOn(comments: Comment[], environment: string, printed: string, refusal?: number) {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(`http://github${request.url}`);
    requests.push(`${request.method} ${pathname}`);
    expect(request.headers.authorization).toBe("Bearer the-token");
    if (refusal) return response.writeHead(refusal).end("{}");
    if (request.method === "GET") {
      const from = (Number(searchParams.get("page")) - 1) * Number(searchParams.get("per_page"));
      return response.end(JSON.stringify(comments.slice(from, from + Number(searchParams.get("per_page")))));
    }
    const { body } = (await json(request)) as { body: string };
    const old = comments.find(({ id }) => pathname.endsWith(`/comments/${id}`));
    if (old) old.body = body;
    else comments.push({ id: comments.length + 1, body, user: { type: "Bot" } });
    return response.end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const file = join(temporaryFolder(), "diff.txt");
  writeFileSync(file, printed);
  const outcome = await run(program, [environment, file], {
    COMMIT: "0123abc",
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    GITHUB_REPOSITORY: "acme/frontdesk",
    GITHUB_RUN_ID: "4711",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_TOKEN: "the-token",
    PULL_REQUEST: "7",
  });
  server.closeAllConnections();
  server.close();
  return { ...outcome, requests };
}

it("writes one comment for each environment, and updates it", async () => {
  const comments: Comment[] = [];
  const printed = "Stack FrontdeskData\n[+] A table\n\n✨  Number of stacks with differences: 1\n";
  expect(await commentOn(comments, "dev", printed)).toMatchObject({ code: 0, stderr: "" });
  expect(await commentOn(comments, "prod", printed)).toMatchObject({ code: 0, stderr: "" });
  expect(comments).toHaveLength(2);
  expect(comments[0]?.body).toContain(
    "**dev**: Number of stacks with differences: 1 ([run](https://github.com/acme/frontdesk/actions/runs/4711), 0123abc)",
  );
  expect(comments[0]?.body).toContain("Stack FrontdeskData\n[+] A table");
  await commentOn(comments, "dev", "Stack FrontdeskData\nThere were no differences\n");
  expect(comments).toHaveLength(2);
  expect(comments[0]?.body).toContain("**dev**: There were no differences");
  expect(comments[0]?.body).not.toContain("A table");
  expect(comments[1]?.body).toContain("A table");
});

it("leaves comments of people alone, also those that quote one of its own", async () => {
  const comments: Comment[] = [];
  await commentOn(comments, "dev", "first");
  const quoted = { id: 99, body: comments[0]?.body ?? "", user: { type: "User" } };
  const others = [quoted];
  await commentOn(others, "dev", "second");
  expect(quoted.body).toContain("first");
  expect(others).toHaveLength(2);
});

it("finds its comment behind a hundred others", async () => {
  const comments = Array.from({ length: 150 }, (_, place) => ({
    id: place + 1,
    body: "hello",
    user: { type: "User" },
  }));
  await commentOn(comments, "dev", "first");
  const { requests } = await commentOn(comments, "dev", "second");
  expect(comments).toHaveLength(151);
  expect(comments[150]?.body).toContain("second");
  expect(requests.at(-1)).toBe("PATCH /repos/acme/frontdesk/issues/comments/151");
});

it("shortens what GitHub would not accept, and keeps what was printed inside its block", async () => {
  const comments: Comment[] = [];
  await commentOn(comments, "dev", `\`\`\`\`\`\`\`\`\`\`\n</details>${"x".repeat(200_000)}`);
  const body = comments[0]?.body ?? "";
  expect(body.length).toBeLessThan(65_536);
  expect(body).toContain("The whole output has");
  expect(body.match(/`{10}/g)).toHaveLength(2);
});

it("says in one line why it cannot write", async () => {
  expect(await commentOn([], "dev", "text", 403)).toMatchObject({
    code: 1,
    stderr: "GitHub answers 403 to GET issues/7/comments?per_page=100&page=1\n",
  });
  expect(await run(program, ["dev"], {})).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Usage: .*\n$/) });
  expect(await run(program, ["dev", program], {})).toMatchObject({
    code: 1,
    stderr: "This is for a workflow of GitHub: COMMIT is wrong\n",
  });
});
