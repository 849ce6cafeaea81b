// A self-service portal in one file: a form provisions a cluster, the page shows each step as it happens.
// The token stays here, on the server; the browser only talks to the portal.
//
//   PGBOSUN_URL=http://127.0.0.1:8080 PGBOSUN_TOKEN=pgb_… PORT=3000 node portal.mjs
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";

const { PGBOSUN_URL, PGBOSUN_TOKEN, PORT = "3000" } = process.env;

// A refusal comes as application/problem+json; its detail is written for people.
async function api(path, { headers, ...init } = {}) {
  const answer = await fetch(PGBOSUN_URL + path, {
    ...init,
    headers: { authorization: `Bearer ${PGBOSUN_TOKEN}`, "content-type": "application/json", ...headers },
  });
  if (!answer.ok) throw Object.assign(new Error((await answer.json()).detail), { status: answer.status });
  return answer;
}

const page = () => `<!doctype html><meta charset="utf-8"><title>Databases</title>
<h1>A new database cluster</h1>
<form id="form">
  <input type="hidden" name="key" value="${randomUUID()}">
  <label>Name <input name="name" required pattern="[a-z]([a-z0-9\\-]{0,61}[a-z0-9])?"></label>
  <label>Database <input name="database" required maxlength="63"></label>
  <label>Standbys <input name="standbys" type="number" min="0" max="8" value="1"></label>
  <button>Provision</button>
</form>
<ol id="steps"></ol><pre id="end"></pre>
<script>
const end = document.getElementById("end"), steps = document.getElementById("steps");
document.getElementById("form").onsubmit = async event => {
  event.preventDefault();
  const answer = await fetch("/clusters", { method: "POST", body: new URLSearchParams(new FormData(event.target)) });
  const { id, target, error } = await answer.json();
  if (error) return void (end.textContent = error);
  const events = new EventSource("/operations/" + id);
  events.addEventListener("STEP", ({ data }) => {
    const step = JSON.parse(data).data;
    steps.append(Object.assign(document.createElement("li"), { textContent: step.step + ": " + step.state }));
  });
  events.addEventListener("STATE", async ({ data }) => {
    const { state } = JSON.parse(data).data;
    if (state === "SUCCEEDED") end.textContent = await (await fetch("/" + target)).text();
    else end.textContent = state;
    if (/SUCCEEDED|FAILED|CANCELLED|REJECTED|EXPIRED/.test(state)) events.close();
  });
};
</script>`;

async function route(request, response) {
  const { method, url } = request;
  const send = (type, body) => response.writeHead(200, { "content-type": type }).end(body);
  if (method === "GET" && url === "/") return send("text/html", page());
  if (method === "POST" && url === "/clusters") {
    const form = new URLSearchParams(await new Response(Readable.toWeb(request)).text());
    const body = { name: form.get("name"), provision: { databases: [form.get("database")], standbys: +form.get("standbys") } };
    // The key belongs to the page: a double click provisions once.
    const headers = { "idempotency-key": form.get("key") };
    const started = await api("/v1/clusters", { method: "POST", headers, body: JSON.stringify(body) });
    return send("application/json", await started.text());
  }
  const operation = /^\/operations\/([0-9a-f-]{36})$/.exec(url)?.[1];
  if (operation) {
    // After a broken connection the browser sends the last event's id, and goes on there.
    const last = request.headers["last-event-id"];
    const events = await api(`/v1/operations/${operation}/watch`, { headers: last ? { "last-event-id": last } : {} });
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    return Readable.fromWeb(events.body).on("error", () => response.end()).pipe(response);
  }
  const cluster = /^\/clusters\/([a-z0-9-]+)$/.exec(url)?.[1];
  if (cluster) return send("application/json", await (await api(`/v1/clusters/${cluster}/instances`)).text());
  response.writeHead(404).end();
}

createServer((request, response) =>
  route(request, response).catch(({ status, message }) =>
    response.writeHead(status ?? 502, { "content-type": "application/json" }).end(JSON.stringify({ error: message })),
  ),
).listen(+PORT, "127.0.0.1", function () {
  console.log(`portal on http://127.0.0.1:${this.address().port}`);
});
