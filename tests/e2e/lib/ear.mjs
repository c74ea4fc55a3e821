// An ear on the line between a phone and the node.

import { createServer, request } from 'node:http';
import { freePort } from './ledger.mjs';

/** Hands everything on to the node and writes down what was asked. */
export async function listenIn(url) {
  const port = await freePort();
  const asked = [];
  const server = createServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const { host, ...others } = headers;
    const on = request(url + incoming.url, { method, headers: { ...others, host: new URL(url).host } }, answer => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    const entry = { method, path: incoming.url, length: 0, referer: headers.referer?.replace(/:\d+/, ''), cookie: headers.cookie, range: headers.range };
    asked.push(entry);
    incoming.on('data', piece => (entry.length += piece.length));
    on.on('error', () => outgoing.destroy());
    incoming.pipe(on);
  }).listen(port, '127.0.0.1');
  return { url: `http://localhost:${port}`, asked, stop: () => new Promise(resolve => (server.closeAllConnections(), server.close(resolve))) };
}
