// The wallet's worker: loads the same wasm as the page, whose `main` sees where it is and listens (src/purse/worker.rs).
import init from './wallet.js';

try {
  await init({ module_or_path: new URL('./wallet_bg.wasm', import.meta.url) });
} catch (error) {
  postMessage(['panic', `the wallet could not be loaded: ${error}`]);
}
