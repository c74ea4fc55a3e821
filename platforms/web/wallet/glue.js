// What the wallet keeps in this browser: a few files, all ciphertext (src/purse/mod.rs says which), in IndexedDB, which only this origin can read.

function store(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('ecosphere-wallet', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('files');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      // "strict": when it is said to be kept, it is on the disk, even if the power goes then.
      const transaction = database.transaction('files', mode, { durability: 'strict' });
      const request = act(transaction.objectStore('files'));
      transaction.oncomplete = () => (database.close(), resolve(request.result ?? null));
      transaction.onerror = transaction.onabort = () => (database.close(), reject(transaction.error));
    };
  });
}

/** A kept file's bytes, or null. */
export function load(name) {
  return store('readonly', files => files.get(name));
}

/** Keeps a file; a browser that clears its data only when it is full is asked not to clear this. */
export async function save(name, bytes) {
  const copy = bytes.slice();
  await store('readwrite', files => files.put(copy, name));
  await navigator.storage?.persist?.()?.catch(() => {});
}

/** Ends this worker's hold on the files; null while it has none. */
let release = null;

/** Takes the files for this worker alone. False: another tab has them. */
export function hold() {
  if (release || !navigator.locks) return Promise.resolve(true);
  return new Promise((resolve, reject) => {
    navigator.locks.request('ecosphere-wallet', { ifAvailable: true }, lock => {
      resolve(Boolean(lock));
      return lock && new Promise(done => (release = done));
    }).catch(reject);
  });
}

/** Lets other tabs have them. */
export function letGo() {
  release?.();
  release = null;
}

const hex = bytes => Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, '0')).join('');
const bytes = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
const random = () => crypto.getRandomValues(new Uint8Array(32));

/** Whether this browser has a device's lock (WebAuthn) to ask; what that lock can do shows only when it is asked. */
export function hasLock() {
  return Boolean(globalThis.PublicKeyCredential && navigator.credentials);
}

/** The device's secret for a credential and a salt, in hex; null where its lock gives none. */
export async function askLock(credential, salt) {
  const options = { challenge: random(), allowCredentials: [{ type: 'public-key', id: bytes(credential) }], userVerification: 'required' };
  options.extensions = { prf: { eval: { first: bytes(salt) } } };
  const answer = await navigator.credentials.get({ publicKey: options });
  const secret = answer?.getClientExtensionResults().prf?.results?.first;
  return secret ? hex(secret) : null;
}

/** A new credential of this device: [its id, a salt, its secret], in hex; null where its lock gives none. */
export async function newLock() {
  const salt = random();
  const options = {
    challenge: random(),
    rp: { name: 'EcoSphere' },
    // Nobody: the credential says nothing of a person or a key, and no server ever sees it.
    user: { id: random(), name: 'wallet', displayName: 'Wallet on this device' },
    pubKeyCredParams: [{ type: 'public-key', alg: -8 }, { type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
    authenticatorSelection: { userVerification: 'required' },
    extensions: { prf: { eval: { first: salt } } },
  };
  const made = await navigator.credentials.create({ publicKey: options });
  const prf = made?.getClientExtensionResults().prf;
  if (!prf?.enabled && !prf?.results) return null;
  // Some give the secret at once, others when they are asked for it.
  const secret = prf.results?.first ? hex(prf.results.first) : await askLock(hex(made.rawId), hex(salt));
  return secret ? [hex(made.rawId), hex(salt), secret] : null;
}
