// The desk's worker: loads the same wasm as the page, whose `main` sees where it is and listens (src/organisation/worker.rs).
import init from './organisation.js';

try {
  await init({ module_or_path: new URL('./organisation_bg.wasm', import.meta.url) });
} catch (error) {
  postMessage(['panic', `the desk could not be loaded: ${error}`]);
}
