// What wasm cannot say itself: a chosen file's bytes, read at once as only a worker may. Page and worker both load this file.

/** How many bytes a file has. */
export function fileSize(file) {
  return file.size;
}

/** The bytes of a file from one place to another. */
export function readSlice(file, from, to) {
  return new Uint8Array(new FileReaderSync().readAsArrayBuffer(file.slice(from, to)));
}

/** A text that was written on the page, as if it were a file. */
export function textFile(text) {
  return new Blob([text]);
}

// ---- the key of this device: one text in IndexedDB, which only this page's origin can read; it is locked with a passphrase ----

function store(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('ecosphere-organisation', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('key');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const request = act(opening.result.transaction('key', mode).objectStore('key'));
      request.onsuccess = () => resolve(request.result ?? null);
      request.onerror = () => reject(request.error);
    };
  });
}

/** The kept key, or null. ("seed" is what it was called when it lay here unlocked.) */
export function keyKept() {
  return store('readonly', keys => keys.get('seed'));
}

/** Keeps the locked key; a browser that clears its data only when it is full is asked not to clear this. */
export async function keyKeep(text) {
  await store('readwrite', keys => keys.put(text, 'seed'));
  await navigator.storage?.persist?.().catch(() => {});
}

// ---- what an order made, for the person to keep: its bytes go straight into blobs, which a browser may put on disk ----

const parts = new Map();

/** Forgets what an earlier order left. */
export function dropParts() {
  parts.clear();
}

/** Keeps the next bytes of a product. */
export function keepPart(product, bytes) {
  parts.set(product, [...(parts.get(product) ?? []), new Blob([bytes])]);
}

/** An address of the whole product, which then is no longer kept here; nothing when none was made. */
export function partsAddress(product, type) {
  const found = parts.get(product);
  parts.delete(product);
  return found && URL.createObjectURL(new Blob(found, { type }));
}
