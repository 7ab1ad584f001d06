import { deepEqual, equal, match, ok } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { person, type Reached } from "../lambda-test/life-cycles.ts";
import type { Cloud } from "./cloud.ts";

/** The checks of everything that happens after a call has been answered. */
export async function workers(reached: Reached, cloud: Cloud): Promise<void> {
  const { send, check, vendor } = reached;
  const portal = "/riverside/v2";
  const clientKey = { "medable-client-key": vendor.clientKey };
  let holder: Readonly<Record<string, string>> = {};

  await check(
    "the stream calls the worker, which mails the message of the registration, and its link works",
    async () => {
      const mail = await eventually(async () => {
        const found = (await cloud.mails()).find(({ to }) => to.includes(person.email));
        ok(found, "no mail has arrived");
        return found;
      });
      const [, base, token] = /(\S+)\/verify\?token=(\w+)/.exec(mail.text) ?? [];
      equal(base, cloud.output("FrontdeskPages", "PortalUrl").replace("{org}", "riverside"));
      equal((await send("POST", `${portal}/accounts/${token}`, { headers: clientKey, body: {} })).status, 200);
      const signedIn = await send("POST", `${portal}/accounts/login`, { headers: clientKey, body: person });
      equal(signedIn.json.state, "verified");
      const cookie = signedIn.cookies.map((each) => each.split(";")[0]).join("; ");
      holder = { ...clientKey, cookie, "medable-csrf-token": String(signedIn.headers["medable-csrf-token"]) };
    },
  );

  await check("an upload to the bucket becomes a picture, by an event", async () => {
    const begun = await send("PUT", `${portal}/accounts/me/image`, { headers: holder, body: { content: "me.png" } });
    equal(begun.status, 200);
    await upload(cloud, begun.json.uploads[0]);
    await eventually(async () => {
      const { json } = await send("GET", `${portal}/accounts/me`, { headers: holder });
      equal(json.image?.state, 2);
    });
    const leads = await send("GET", `${portal}/accounts/me/image/content`, { headers: holder });
    const { body: picture } = await cloud.send("GET", String(leads.headers.location));
    const { format, width, height } = await sharp(picture).metadata();
    deepEqual({ format, width, height }, { format: "jpeg", width: 1024, height: 512 });
  });

  await check("the erasure of an account deletes its files, by the stream", async () => {
    const { password } = person;
    equal((await send("DELETE", `${portal}/accounts/me`, { headers: holder, body: { password } })).status, 200);
    await eventually(async () => deepEqual(await cloud.files(), []));
  });

  await check("the worker that erases overdue accounts has an hourly rule, and runs", async () => {
    const stack = "FrontdeskCleanUp";
    const name = await cloud.nameOf(stack, "EraseOverdue", "AWS::Lambda::Function");
    const Name = await cloud.nameOf(stack, "EveryHour", "AWS::Events::Rule");
    const rule = await cloud.call("events", "AWSEvents.DescribeRule", { Name });
    deepEqual([rule.ScheduleExpression, rule.State], ["rate(1 hour)", "ENABLED"]);
    const { Targets } = await cloud.call("events", "AWSEvents.ListTargetsByRule", { Rule: Name });
    match(Targets[0].Arn, new RegExp(`:function:${name}$`));
    await cloud.invoke(name);
    const log = await cloud.nameOf(stack, "EraseOverdue", "AWS::Logs::LogGroup");
    await eventually(async () => match(await cloud.logOf(log), /unverified accounts erased/));
  });

  await check("no worker has given up on anything", async () => {
    deepEqual(await cloud.deadLetters(), []);
  });
}

interface Upload {
  readonly uploadUrl: string;
  readonly fields: readonly { readonly key: string; readonly value: string }[];
}

/** Sends a picture by the signed form, as a browser does. */
async function upload(cloud: Cloud, { uploadUrl, fields }: Upload): Promise<void> {
  const size = { width: 2048, height: 1024, channels: 3, background: "teal" } as const;
  const png = await sharp({ create: size }).png().toBuffer();
  const form = new FormData();
  for (const { key, value } of fields) form.append(key, value);
  form.append("file", new Blob([new Uint8Array(png)], { type: "image/png" }), "me.png");
  const encoded = new Response(form);
  const headers = { "content-type": String(encoded.headers.get("content-type")) };
  const { status, body } = await cloud.send("POST", uploadUrl, headers, Buffer.from(await encoded.arrayBuffer()));
  ok(status < 300, `the bucket answers ${status}: ${body}`);
}

const eventuallyMs = 60_000;

/** Repeats an attempt until it does not throw. @throws the last attempt's error, after a minute */
async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + eventuallyMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
