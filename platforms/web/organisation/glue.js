// What wasm cannot say itself: a chosen file's bytes, read at once as only a worker may. Page and worker both load this file.

/** How many bytes a file has. */
export function fileSize(file) {
  return file.size;
}

/** The bytes of a file from one place to another. */
export function readSlice(file, from, to) {
  return new Uint8Array(new FileReaderSync().readAsArrayBuffer(file.slice(from, to)));
}
