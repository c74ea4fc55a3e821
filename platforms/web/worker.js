// The engine's worker: loads the engine's wasm, whose `main` listens to messages and says "ready" (src/engine/worker.rs).
import init from './engine.js';

try {
  await init({ module_or_path: './engine_bg.wasm' });
} catch (error) {
  postMessage(['panic', `the engine could not be loaded: ${error}`]);
}
