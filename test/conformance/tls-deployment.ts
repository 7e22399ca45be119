/** An Authly of its own behind a proxy that ends TLS and passes certificates of clients on. */
import { inject } from 'vitest'
import { startStack } from '../../scripts/stack/start-stack.ts'
import { type MadeCertificate, makeCertificate } from '../fakes/certificates.ts'
import { conformanceVars } from './global-setup.ts'
import { createSeed, type Seed } from './seed.ts'
import { type ProxyOptions, startTlsProxy, type TlsProxy } from './tls-proxy.ts'

export type TlsDeployment = { readonly proxy: TlsProxy; readonly seed: Seed; stop(): Promise<void> }

/** Of the proxy. */
export const makeServerCertificate = (): Promise<MadeCertificate> =>
  makeCertificate({ subject: 'CN=localhost', names: [{ type: 'dns', value: 'localhost' }] })

/** Without an authority, the proxy verifies nobody's certificate, and Authly is told so. */
export async function deployBehindTls(options: ProxyOptions): Promise<TlsDeployment> {
  const proxy = await startTlsProxy(options)
  const stack = await startStack({
    ...{ bundle: inject('bundle'), issuer: proxy.issuer },
    output: process.env['AUTHLY_TEST_LOG'] === undefined ? 'ignore' : 'inherit',
    vars: {
      ...conformanceVars,
      AUTHLY_CLIENT_ADDRESS: 'proxy',
      AUTHLY_MTLS_ORIGIN: proxy.mtlsOrigin,
      AUTHLY_PROXY_VERIFIES_CERTIFICATES: String(options.authority !== undefined),
    },
  })
  proxy.passTo(stack.port)
  const seed = createSeed(stack.database_owner_url)
  await fetch(`${proxy.issuer}/.well-known/jwks.json`)
  return {
    ...{ proxy, seed },
    stop: async () => {
      await seed.close().catch(() => undefined)
      await stack.stop()
      await proxy.close()
    },
  }
}
