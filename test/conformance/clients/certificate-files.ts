/** Certificates as programs take them: from files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MadeCertificate } from '../../fakes/certificates.ts'
import { pemOf } from '../tls-proxy.ts'

export type CertificateFiles = {
  /** Members of a registration, see `program.ts`. */
  readonly names: {
    readonly certificate_file: string
    readonly key_file: string
    /** Of the server, which is what the program trusts. */
    readonly server_file: string
  }
  remove(): Promise<void>
}

/** @param own what the program presents */
export async function writeCertificates(
  server: MadeCertificate,
  own: MadeCertificate,
): Promise<CertificateFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-certificates-'))
  const { cert, key } = await pemOf(own)
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, text, { mode: 0o600 })
    return path
  }
  return {
    names: {
      certificate_file: await write('own.pem', cert),
      key_file: await write('own.key', key),
      server_file: await write('server.pem', server.pem),
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
