/**
 * `wrangler dev` without its inspector and its registry of other workers. Attack: both run code and read Durable
 * Objects for anyone who can reach a loopback port, including a web page of another local server. The command line
 * cannot disable them; the programming interface can. The local explorer is disabled by `.env`, which wrangler also
 * reads.
 *
 * Runs as a process of its own: `node dev-server.ts <port> [env file] [folder of Durable Objects]`.
 */
import { join } from 'node:path'
import { unstable_startWorker } from 'wrangler'

const [port, envFile, persistTo] = process.argv.slice(2)

const worker = await unstable_startWorker({
  config: join(process.cwd(), 'wrangler.toml'),
  // Nothing in the shell may cause a deployment or select another environment here.
  env: '',
  ...(envFile ? { envFiles: [envFile] } : {}),
  dev: {
    server: { hostname: '127.0.0.1', port: Number(port) },
    inspector: false,
    ...(persistTo ? { persist: persistTo } : {}),
  },
})

// Wrangler does not see new static files beside a build command of one's own: configured again, it lists them.
process.on('message', (message) => {
  if (message === 'list assets') void worker.patchConfig({})
})
const stop = async () => {
  await worker.dispose()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
