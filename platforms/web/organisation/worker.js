// The desk's worker: loads the same wasm as the page, whose `main` sees where it is and listens (src/organisation/worker.rs); for a Parquet file,
// as its name says, the wasm that can read one.
const wasm = self.name === 'parquet' ? 'parquet' : 'organisation';

try {
  const { default: init } = await import(`./${wasm}.js`);
  await init({ module_or_path: new URL(`./${wasm}_bg.wasm`, import.meta.url) });
} catch (error) {
  postMessage(['panic', `what reads this file could not be loaded: ${error}; go online and try again`]);
}
