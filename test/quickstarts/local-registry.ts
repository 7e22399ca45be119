/**
 * The packages of the SDK as npm would serve them once they are published: `npm install @authly-server/react` is then
 * the command of the documentation, and gets what is packed here.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packagesOfCheckout, packSdk } from '../../scripts/sdk/release/pack.ts'

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
  const manifests = new Map(packagesOfCheckout().map(({ manifest }) => [manifest.name, manifest]))
  return packSdk(folder).map(({ name, path }) => {
    const manifest = manifests.get(name)
    if (!manifest) throw new Error(`${name} is packed, and not in the checkout`)
    return { manifest, tarball: readFileSync(path) }
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
