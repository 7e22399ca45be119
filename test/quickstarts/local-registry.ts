/**
 * The packages of the SDK as npm would serve them once they are published: `npm install @authly-server/react` is then
 * the command of the documentation, and gets what is packed here.
 */

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../scripts/stack/worker-bundle.ts'

export interface LocalRegistry {
  readonly url: string
  stop(): void
}

interface Packed {
  readonly manifest: { readonly name: string; readonly version: string }
  readonly tarball: Buffer
}

/** Builds and packs everything below `sdk/js`. */
export async function startLocalRegistry(): Promise<LocalRegistry> {
  execFileSync(process.execPath, [join(projectRoot, 'scripts/build-sdk.ts')], { stdio: 'inherit' })
  const folder = mkdtempSync(join(tmpdir(), 'authly-registry-'))
  const packages = new Map(packAll(folder).map((packed) => [packed.manifest.name, packed]))
  rmSync(folder, { recursive: true, force: true })
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1)
    const packed = packages.get(path.replace(/^tarballs\//, ''))
    if (!packed) return response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
    if (path.startsWith('tarballs/')) return response.end(packed.tarball)
    response.setHeader('content-type', 'application/json')
    return response.end(JSON.stringify(describe(packed, `http://${request.headers.host}/tarballs/${path}`)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function packAll(folder: string): readonly Packed[] {
  const sdk = join(projectRoot, 'sdk/js')
  return readdirSync(sdk, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const path = join(sdk, name)
      const arguments_ = ['pack', '--silent', '--pack-destination', folder]
      const file = execFileSync('npm', arguments_, { cwd: path, encoding: 'utf8' }).trim()
      return {
        manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Packed['manifest'],
        tarball: readFileSync(join(folder, file)),
      }
    })
}

/** What npm asks of a registry about a package. */
function describe({ manifest, tarball }: Packed, address: string): object {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const { name, version } = manifest
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist: { tarball: address, integrity } } },
  }
}
