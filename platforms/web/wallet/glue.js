// What the wallet keeps in this browser: two files, both ciphertext (src/purse/mod.rs says which), in IndexedDB, which only this origin can read.

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
