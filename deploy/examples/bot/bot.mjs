// Sends a slash command as Slack does, so that any chat's bot can pass commands on: form fields, signed with the
// signing secret over the time and the very bytes of the body. Prints what is to be said in the chat.
//
//   PGBOSUN_URL=http://127.0.0.1:8080 SIGNING_SECRET=… CHAT_USER=U024BE7LH node bot.mjs backup orders
import { createHmac, randomUUID } from "node:crypto";

const { PGBOSUN_URL, SIGNING_SECRET, CHAT_USER, RESPONSE_URL = "" } = process.env;

// Who asks must come from the chat itself, never from the text: rights hang on it (POST /v1/chat/users).
const body = new URLSearchParams({
  command: "/pg",
  text: process.argv.slice(2).join(" "),
  user_id: CHAT_USER,
  user_name: CHAT_USER,
  response_url: RESPONSE_URL, // where later news go; Slack gives one for each command
  trigger_id: randomUUID(), // sent again with the same id, a command is carried out once
}).toString();
const timestamp = String(Math.floor(Date.now() / 1000));
const signature = "v0=" + createHmac("sha256", SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest("hex");

const answer = await fetch(`${PGBOSUN_URL}/v1/chat/slack`, {
  method: "POST",
  headers: {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": signature,
  },
  body,
});
const said = await answer.json();
if (!answer.ok) throw new Error(`${said.title}: ${said.detail}`);
console.log(said.text);
