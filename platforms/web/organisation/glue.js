// What wasm cannot say itself: a chosen file's bytes, read at once as only a worker may. Page and worker both load this file.

/** How many bytes a file has. */
export function fileSize(file) {
  return file.size;
}

/** The bytes of a file from one place to another. */
export function readSlice(file, from, to) {
  return new Uint8Array(new FileReaderSync().readAsArrayBuffer(file.slice(from, to)));
}

// ---- the key of this device: one text in IndexedDB, which only this page's origin can read ----

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

/** The kept key, or null. */
export function keyKept() {
  return store('readonly', keys => keys.get('seed'));
}

/** Keeps the key; a browser that clears its data only when it is full is asked not to clear this. */
export async function keyKeep(seed) {
  await store('readwrite', keys => keys.put(seed, 'seed'));
  await navigator.storage?.persist?.().catch(() => {});
}
