// Starts the app on the page: the prerendered first screen stays until the app draws its own.
import init from './page.js';

init({ module_or_path: './page_bg.wasm' }).catch(error => {
  console.error(error);
  const sentence = document.createElement('p');
  sentence.setAttribute('role', 'alert');
  sentence.textContent = 'EcoSphere could not start. Load the page again; if that does not help, update the browser.';
  document.getElementById('main').replaceChildren(sentence);
});

// After the first screen, so that it competes with nothing. Without a service worker (plain http in a LAN) the app works, but only online.
addEventListener('load', () => navigator.serviceWorker?.register('./sw.js').catch(error => console.warn('not installed for offline use:', error)));
