/** Where programs are registered: the Authly of the test file, and one that takes certificates. */
import { type MadeCertificate, makeCertificate } from '../../fakes/certificates.ts'
import { addClient, addUser, issuer } from '../authly.ts'
import type { ClientColumns, Seed } from '../seed.ts'
import { deployBehindTls, makeServerCertificate } from '../tls-deployment.ts'
import { type CertificateFiles, writeCertificates } from './certificate-files.ts'

export type Server = Pick<Seed, 'addClient' | 'addUser'> & { readonly issuer: string }

export const here: Server = { issuer, addClient, addUser }

export type CertificateDeployment = {
  readonly server: Server
  /** Of a client that authenticates by its certificate and binds its tokens to it. */
  readonly columns: ClientColumns
  /** The certificate of that client. */
  readonly own: MadeCertificate
  /** Another client's, by the same authority. */
  readonly foreign: MadeCertificate
  /** What a program is told that presents `certificate`. */
  namesOf(certificate: MadeCertificate): Promise<CertificateFiles['names']>
  stop(): Promise<void>
}

/** @param commonName of the client */
export async function deployForCertificates(commonName: string): Promise<CertificateDeployment> {
  const server = await makeServerCertificate()
  const authority = await makeCertificate({ subject: 'CN=Authority', isAuthority: true })
  const own = await makeCertificate({ issuer: authority, subject: `C=DE, O=Bank, CN=${commonName}` })
  const foreign = await makeCertificate({ issuer: authority, subject: 'C=DE, O=Bank, CN=other' })
  const { proxy, seed, stop } = await deployBehindTls({ server, authority })
  const files: CertificateFiles[] = []
  return {
    ...{ own, foreign, server: { ...seed, issuer: proxy.issuer } },
    columns: {
      ...{ token_endpoint_auth_method: 'tls_client_auth', token_endpoint_auth_method_named: true },
      tls_client_auth_subject_dn: `CN=${commonName},O=Bank,C=DE`,
      tls_client_certificate_bound_access_tokens: true,
    },
    namesOf: async (certificate) => {
      const written = await writeCertificates(server, certificate)
      files.push(written)
      return written.names
    },
    stop: async () => {
      await stop()
      await Promise.all(files.map((each) => each.remove()))
    },
  }
}
