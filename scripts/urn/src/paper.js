// A sealed paper in the voter's hands: made, blinded, finished, and sealed with a choice.
// The other side, and what each part is, stands in assemblies/blind.py and assemblies/envelope.py.

import { RSABSSA } from "@cloudflare/blindrsa-ts";

export const suite = RSABSSA.SHA384.PSS.Randomized(); // RFC 9474
const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const utf8 = (text) => new TextEncoder().encode(text);

export function packed(bytes) {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function unpacked(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(...parts) {
  return new Uint8Array(parts.flatMap((part) => Array.from(part)));
}

const issuerKey = (issuer) =>
  crypto.subtle.importKey("spki", unpacked(issuer), { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);

// A new paper for one decision, blinded for the key of its issuer (X.509 in base64). Nothing has been sent yet.
export async function newPaper(decision, issuer) {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const token = suite.prepare(joined(utf8(`confederation-urn/1\ndecision/${decision}\n`), point));
  const { blindedMsg, inv } = await suite.blind(await issuerKey(issuer), token);
  const key = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { decision, issuer, token: packed(token), unveil: packed(inv), blinded: packed(blindedMsg), key, state: "asked" };
}

// The paper with its signature; throws when the answer is not the issuer's signature under this very paper.
export async function finished(paper, answer) {
  const signature = await suite.finalize(
    await issuerKey(paper.issuer), unpacked(paper.token), unpacked(answer), unpacked(paper.unveil),
  );
  const { decision, issuer, token, key } = paper;
  return { decision, issuer, token, signature: packed(signature), key, state: "paper" };
}

// Whether somebody's file is a paper of this decision, signed by its key.
export async function holds(paper, decision, issuer) {
  try {
    if (paper.decision !== decision || paper.issuer !== issuer) return false;
    return await suite.verify(await issuerKey(issuer), unpacked(paper.signature), unpacked(paper.token));
  } catch {
    return false;
  }
}

export async function sealed(paper, choice) {
  const hash = await sha256(unpacked(paper.token));
  const key = await crypto.subtle.importKey("jwk", paper.key, ECDSA, false, ["sign"]);
  const words = utf8(`confederation-choice/1\ndecision/${paper.decision}\n${hash}\n${choice}\n`);
  const seal = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, words);
  return { token: paper.token, signature: paper.signature, choice, seal: packed(seal) };
}

export const lineOf = ({ token, signature, choice, seal }) => [token, signature, choice, seal].join(".");

// Whether a receipt is for this envelope: it must name the same token and the same bytes.
export async function isReceiptOf(receipt, envelope) {
  const hash = await sha256(unpacked(envelope.token));
  const digest = await sha256(utf8(lineOf(envelope)));
  return receipt.includes(`\ntoken ${hash}\n`) && receipt.includes(`\nenvelope ${digest}\n`);
}

// Where the envelope that a receipt names lies on the board: its line, "altered", or undefined.
export async function onTheBoard(receipt, lines) {
  const [, hash] = /^token ([0-9a-f]{64})$/m.exec(receipt) ?? [];
  const [, digest] = /^envelope ([0-9a-f]{64})$/m.exec(receipt) ?? [];
  for (const line of lines) {
    if ((await sha256(unpacked(line.split(".")[0]))) !== hash) continue;
    return (await sha256(utf8(line))) === digest ? line : "altered";
  }
  return undefined;
}
