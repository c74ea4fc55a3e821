// Starts the organisation's desk on its page.
import init from './organisation.js';

init({ module_or_path: new URL('./organisation_bg.wasm', import.meta.url) }).catch(error => {
  console.error(error);
  const sentence = document.createElement('p');
  sentence.setAttribute('role', 'alert');
  sentence.textContent = 'The desk could not start. It is not kept on this device: go online and load the page again.';
  document.getElementById('main').replaceChildren(sentence);
});
