/**
 * `wrangler dev` without what it opens beside the worker: its inspector and its registry of other workers run code
 * and read Durable Objects for whoever reaches a loopback port, a web page of another local server included. The
 * command line cannot leave them out; the programming interface can. The local explorer is off by `.env`, which
 * wrangler reads, too.
 *
 * Run as a process of its own: `node dev-server.ts <port> [env file] [folder of Durable Objects]`.
 */
import { join } from 'node:path'
import { unstable_startWorker } from 'wrangler'

const [port, envFile, persistTo] = process.argv.slice(2)

const worker = await unstable_startWorker({
  config: join(process.cwd(), 'wrangler.toml'),
  // Nothing from the shell may deploy or select another environment here.
  env: '',
  ...(envFile ? { envFiles: [envFile] } : {}),
  dev: {
    server: { hostname: '127.0.0.1', port: Number(port) },
    inspector: false,
    ...(persistTo ? { persist: persistTo } : {}),
  },
})

const stop = async () => {
  await worker.dispose()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
