// The real node with the sample ledger, and what the command line says of a code.

import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const ROOT = new URL('../../..', import.meta.url).pathname;
const NODE = process.env.ECOSPHERE_NODE ?? join(ROOT, 'target/debug/ecosphere-node');
const WEB = process.env.ECOSPHERE_WEB ?? join(ROOT, 'target/web-dist');

/** The printable passports: title, code, symbology, and the outcome each must give. */
export const SHELF = JSON.parse(readFileSync(join(ROOT, 'assets/sample/ledger/shelf.json'), 'utf8'));

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts `ecosphere-node serve`, of the sample or with more arguments, and resolves once it answers: { url, stop }. */
export async function serve(...more) {
  const port = await freePort();
  const child = spawn(NODE, ['serve', '--web', WEB, '--port', String(port), ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (said += text));
  const ended = new Promise(resolve => child.once('exit', resolve));
  const url = `http://localhost:${port}`;
  for (let tries = 0; ; tries += 1) {
    if (await fetch(`${url}/ledger/checkpoint`).then(answer => answer.ok, () => false)) break;
    if (child.exitCode !== null || tries > 200) throw new Error(`the node does not answer:\n${said}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return {
    url,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** Runs a command of `ecosphere-node` and gives back what it says. */
export async function node(...command) {
  return JSON.parse((await run(NODE, ['--json', ...command])).stdout);
}

/** Runs a command of `ecosphere-cli` on a wallet and gives back what it says. */
export async function cli(...command) {
  const env = { ...process.env, ECOSPHERE_PASSPHRASE: 'a phrase of the test' };
  const { stdout } = await run(join(dirname(NODE), 'ecosphere-cli'), ['--json', ...command], { env });
  return JSON.parse(stdout);
}

/** What `ecosphere-cli scan --json` says of each code, in their order. */
export async function terminal(codes) {
  const cli = join(dirname(NODE), 'ecosphere-cli');
  const { stdout } = await run(cli, ['--json', 'scan', ...codes]).catch(error => error);
  const answers = stdout.trim().split('\n').map(line => JSON.parse(line));
  return answers.flat();
}
