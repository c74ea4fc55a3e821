// Starts the wallet on its page.
import init from './wallet.js';

init({ module_or_path: new URL('./wallet_bg.wasm', import.meta.url) }).catch(error => {
  console.error(error);
  const sentence = document.createElement('p');
  sentence.setAttribute('role', 'alert');
  sentence.textContent = 'The wallet could not start. Go online and load the page again; what it keeps is not lost.';
  document.getElementById('main').replaceChildren(sentence);
});
