// The service worker: after the first load the app starts and works with no network at all.
//
// The shell (page, engine, style, icons) is kept under its content's hash and served from there first; a new version is fetched beside the old
// one and takes over when the app is next opened, so that a page never meets an engine of another version. The ledger is never cached here:
// the engine keeps its own verified snapshot. Anything else is left to the browser.

/** Path -> SHA-256 of its content in base64. Filled in by `cargo xtask`. */
const SHELL = {};

const CACHE = 'ecosphere-shell';
const INDEX = '/index.html';
/** What belongs to the server alone, never to the app; and the organisation's desk, which is fetched only by whoever opens it. */
const SERVER = ['/ledger/', '/statements', '/state/', '/health', '/lan', '/organisation/'];
/** The wallet: kept once somebody opened it, so that it opens with no network too. */
const WALLET = '/wallet/';

/** A request for payment on its way from the camera's page to the wallet's. Only here, in memory: a browser writes the addresses of pages on the disk. */
let handed = null;

const key = path => `${path}?sha256=${encodeURIComponent(SHELL[path])}`;

self.addEventListener('install', event => event.waitUntil(install()));
self.addEventListener('activate', event => event.waitUntil(activate()));
self.addEventListener('message', ({ data, ports: [port] }) => {
  if (data === 'take over') self.skipWaiting();
  else if (data?.hand instanceof Uint8Array) {
    handed = data.hand;
    port.postMessage(true);
  } else if (data === 'what was handed over') {
    port.postMessage(handed);
    handed = null;
  }
});
self.addEventListener('fetch', event => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (SERVER.some(prefix => url.pathname.startsWith(prefix))) return;
  if (url.pathname.startsWith(WALLET)) event.respondWith(wallet(request, url.pathname));
  else if (request.mode === 'navigate') event.respondWith(navigate());
  else if (Object.hasOwn(SHELL, url.pathname)) event.respondWith(shell(url.pathname));
});

/** Fetches what is not there yet, each checked against its hash: a shell that does not match its list is not installed. */
async function install() {
  const cache = await caches.open(CACHE);
  await Promise.all(Object.keys(SHELL).map(async path => {
    if (await cache.match(key(path))) return;
    const response = await fetch(path, { cache: 'no-cache', integrity: `sha256-${SHELL[path]}` });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(key(path), response);
  }));
}

/** Forgets what only older versions needed, and serves the pages that are already open. */
async function activate() {
  const cache = await caches.open(CACHE);
  const wanted = new Set(Object.keys(SHELL).map(path => new URL(key(path), self.location).href));
  await Promise.all((await cache.keys()).filter(({ url }) => !wanted.has(url)).map(old => cache.delete(old)));
  await self.clients.claim();
}

async function shell(path) {
  const cached = await (await caches.open(CACHE)).match(key(path));
  // Browsers may evict a cache; the network then serves what it has.
  return cached ?? fetch(path);
}

/** What the server has now, else what it had. */
async function wallet(request, path) {
  const cache = await caches.open(`${CACHE}-wallet`);
  const fresh = await fetch(request).catch(() => null);
  if (fresh?.ok) await cache.put(path, fresh.clone());
  return fresh ?? (await cache.match(path)) ?? Response.error();
}

/** Every address of the app is the same page. When a new version waits and this is the only tab, it takes over before the page is loaded. */
async function navigate() {
  const { waiting } = self.registration;
  if (waiting && (await self.clients.matchAll()).length < 2) {
    waiting.postMessage('take over');
    return new Response('', { headers: { Refresh: '0' } });
  }
  return shell(INDEX);
}
