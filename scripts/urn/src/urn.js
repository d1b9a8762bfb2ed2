// The pages of a secret vote: taking a paper, casting it, finding it on the board. Built into static/urn/urn.js, whose
// SHA-256 is announced with each vote. The words stand in the page (`data-say`, `data-when`), and none of them here.

import { finished, holds, isReceiptOf, newPaper, onTheBoard, sealed } from "./paper.js";
import { keep, kept } from "./store.js";

export * from "./paper.js";

class Told extends Error {} // a sentence that the page or the server has for the voter

const page = document.querySelector("[data-urn]");
const all = (selector) => Array.from(page.querySelectorAll(selector));
const one = (selector) => page.querySelector(selector);

// ---- showing ----

function show(state) {
  for (const part of all("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
}

function say(name, words = "") {
  for (const message of all("[data-say]")) message.hidden = message.dataset.say !== name;
  if (words) one(`[data-say="${name}"] [data-words]`).textContent = words;
  if (name) one("[data-says]").focus();
}

// Do it once at a time, and say what went wrong.
function when(selector, act, event = "click") {
  one(selector)?.addEventListener(event, async (happened) => {
    happened.preventDefault();
    const buttons = all("button");
    for (const button of buttons) button.disabled = true;
    say("");
    try {
      await act(happened);
    } catch (error) {
      if (error instanceof Told) say(error.name, error.message);
      else say("broken", String(error?.message ?? error));
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
}

function told(name, words = "") {
  const error = new Told(words);
  error.name = name;
  return error;
}

function download(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function answered(response) {
  const said = await response.json().catch(() => ({}));
  if (response.ok) return said;
  throw said.reason ? told("refused", said.reason) : told("broken", `${response.status}`);
}

// ---- a paper ----

const decision = Number(page?.dataset.decision);
const issuer = page?.dataset.issuer;

const save = ({ decision, issuer, token, signature, key }) =>
  download(
    `paper-${decision}.json`,
    JSON.stringify({ format: "confederation-paper/1", decision, issuer, token, signature, key }, null, 1),
    "application/json",
  );

// What is sent is kept before it is sent: a line that breaks, a tab that closes, and the same is sent again.
async function take() {
  let paper = await kept(decision);
  if (!paper) {
    paper = await newPaper(decision, issuer);
    await keep(paper);
  }
  if (paper.state === "asked") {
    const body = new FormData();
    body.set("blinded", paper.blinded);
    body.set("csrfmiddlewaretoken", one("[name=csrfmiddlewaretoken]").value);
    const response = await fetch(page.dataset.address, {
      method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" }, redirect: "manual",
    });
    if (response.type === "opaqueredirect") return location.reload(); // to be asked for the password again
    paper = await finished(paper, (await answered(response)).signature);
    await keep(paper);
    save(paper);
  }
  show(paper.state);
  say("taken");
}

// ---- the urn ----

// Numbers of options as the ballot has them, or the word; a message where it is not filled in.
function choice() {
  const word = one("input[name=choice]:checked");
  if (word) return word.value;
  const marked = all("input[name=ranking]:checked").map((box) => Number(box.value));
  const places = all("select[name^=place_]")
    .filter((select) => select.value)
    .map((select) => [Number(select.value), Number(select.name.slice("place_".length))]);
  const most = Number(page.dataset.most);
  if (most && marked.length > most) throw told("most");
  if (marked.length) return marked.sort((a, b) => a - b).join(",");
  places.sort(([a], [b]) => a - b);
  if (places.some(([place], index) => place !== index + 1)) throw told("gap");
  if (!places.length) throw told("empty");
  return places.map(([, number]) => number).join(",");
}

const named = (words) =>
  words
    .split(",")
    .map((word) => one(`[data-named="${word}"]`)?.textContent.trim() ?? word)
    .join(", ");

let chosen = "";

function choose() {
  chosen = choice();
  one("[data-chosen]").textContent = named(chosen);
  show("chosen");
  one("[data-chosen]").focus();
}

// The envelope is kept before it is sent, and sent without a cookie, an address to come from, or a memory of it.
async function cast() {
  let paper = await kept(decision);
  if (paper.state === "paper") {
    paper = { ...paper, state: "casting", envelope: await sealed(paper, chosen) };
    await keep(paper);
  }
  show("casting");
  const response = await fetch(page.dataset.address, {
    method: "POST",
    body: JSON.stringify(paper.envelope),
    headers: { "Content-Type": "application/json" },
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    redirect: "error",
  });
  const { receipt } = await answered(response);
  if (!(await isReceiptOf(receipt, paper.envelope))) throw told("false");
  await keep({ decision, state: "cast", receipt });
  show("cast");
  say("cast");
}

async function bring(event) {
  const [file] = event.target.files;
  if (!file) return;
  const paper = await file.text().then(JSON.parse).catch(() => ({}));
  event.target.value = ""; // so that the same file, put right, can be chosen again
  if (!(await holds(paper, decision, issuer))) throw told("foreign");
  await keep({ ...paper, state: "paper" });
  show("paper");
}

// ---- the board ----

async function find() {
  const [file] = one("input[type=file]").files;
  const receipt = file ? await file.text() : (await kept(decision))?.receipt;
  if (!receipt) throw told("none");
  const board = await fetch(page.dataset.address, { credentials: "omit", referrerPolicy: "no-referrer" });
  const closed = JSON.parse((await answered(board)).closed);
  const line = await onTheBoard(receipt, closed.envelopes);
  say(line === undefined ? "missing" : line === "altered" ? "altered" : "found");
}

// ---- beginning ----

async function begin() {
  const paper = await kept(decision);
  show(paper?.state ?? "none");
  when("[data-do=take]", take);
  when("[data-do=save]", async () => save(await kept(decision)));
  when("[data-do=choose]", choose);
  when("[data-do=back]", async () => show("paper"));
  when("[data-do=cast]", cast);
  when("[data-do=again]", cast);
  when("[data-do=bring]", bring, "change");
  when("[data-do=receipt]", async () => download(`receipt-${decision}.txt`, (await kept(decision)).receipt, "text/plain"));
  when("[data-do=find]", find);
  page.hidden = false;
  document.querySelector("[data-without]")?.remove();
}

if (page) begin().catch((error) => { page.hidden = false; show("broken"); say("broken", String(error?.message ?? error)); });
