/** `npm run guide`: the documents as a site while they are written, on loopback; a change is seen at once. */
import { join } from 'node:path'
import { createServer } from 'vitepress'
import { runUntilStopped } from './process/run-until-stopped.ts'
import { checkPortIsFree, developmentPort } from './stack/development-port.ts'

await runUntilStopped(async (life) => {
  const port = developmentPort({ PORT: process.env['PORT'] || '5175' })
  await checkPortIsFree(port)
  const server = await createServer(join(import.meta.dirname, '../docs'), {
    // An address, not a name: other programs of this machine only, and no page through DNS rebinding (Vite asks for the host).
    ...{ host: '127.0.0.1', port, strictPort: true },
  })
  life.onStop(() => server.close())
  await server.listen()
  process.stdout.write(`\n  The guide: http://127.0.0.1:${port}/guide/\n  Stop with Ctrl-C.\n\n`)
})
