// The peer of eddsa-jcs-2022: Digital Bazaar's cryptosuite, as a filter. Nothing is loaded from a network: a did:key says itself what it is.
//
// in:  {"verify": [document, …], "sign": {"document": …, "publicKeyMultibase": …, "secretKeyMultibase": …, "created": …}}
// out: {"verified": [{"holds": bool, "why": text}, …], "signed": document}

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.env.ECOSPHERE_NPM}/`);
const load = name => import(pathToFileURL(require.resolve(name)));
const { createSignCryptosuite, createVerifyCryptosuite } = await load('@digitalbazaar/eddsa-jcs-2022-cryptosuite');
const { DataIntegrityProof } = await load('@digitalbazaar/data-integrity');
const Ed25519Multikey = await load('@digitalbazaar/ed25519-multikey');
const { default: jsigs } = await load('jsonld-signatures');
const { AssertionProofPurpose } = jsigs.purposes;

/** A did:key, or its only key, from the name alone (W3C CCG did:key method). */
async function documentLoader(url) {
  const [did, fragment] = url.split('#');
  if (!did.startsWith('did:key:z6Mk')) throw new Error(`nothing is fetched here, not even ${url}`);
  const multibase = did.slice('did:key:'.length);
  const id = `${did}#${multibase}`;
  if (fragment !== undefined && url !== id) throw new Error(`${did} has no key ${fragment}`);
  const key = { '@context': 'https://w3id.org/security/multikey/v1', id, type: 'Multikey', controller: did, publicKeyMultibase: multibase };
  const holder = { '@context': 'https://www.w3.org/ns/did/v1', id: did, assertionMethod: [id] };
  return { contextUrl: null, documentUrl: url, document: fragment === undefined ? holder : key };
}

async function verify(document) {
  const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
  const result = await jsigs.verify(document, { suite, purpose: new AssertionProofPurpose(), documentLoader });
  const causes = [...(result.error?.errors ?? [result.error]), ...(result.results ?? []).map(one => one.error)];
  return { holds: result.verified, why: causes.filter(Boolean).map(String).join('; ') };
}

async function sign({ document, publicKeyMultibase, secretKeyMultibase, created }) {
  const did = `did:key:${publicKeyMultibase}`;
  const key = await Ed25519Multikey.from({ type: 'Multikey', id: `${did}#${publicKeyMultibase}`, controller: did, publicKeyMultibase, secretKeyMultibase });
  const suite = new DataIntegrityProof({ signer: key.signer(), date: created, cryptosuite: createSignCryptosuite() });
  return jsigs.sign(document, { suite, purpose: new AssertionProofPurpose(), documentLoader });
}

const asked = JSON.parse(readFileSync(0, 'utf8'));
const verified = [];
for (const document of asked.verify) verified.push(await verify(document));
const signed = asked.sign ? await sign(asked.sign) : null;
process.stdout.write(JSON.stringify({ verified, signed }));
