/** The client information response (RFC 7591 §3.2.1, RFC 7592 §3). */
import { metadataOf } from '../clients/metadata-columns.ts'
import type { StoredRegistration } from '../clients/registrations.ts'
import { registrableMembers } from './registrable-members.ts'

export function registrationAnswer(
  issuer: string,
  row: StoredRegistration,
  registrationAccessToken: string,
  clientSecret: string | undefined,
): Readonly<Record<string, unknown>> {
  const metadata = metadataOf(row)
  const told = registrableMembers.flatMap((name) => (metadata[name] === null ? [] : [[name, metadata[name]]]))
  return {
    client_id: row.client_id,
    client_id_issued_at: Math.floor(row.created_at.getTime() / 1000),
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret, client_secret_expires_at: 0 }),
    registration_access_token: registrationAccessToken,
    registration_client_uri: `${issuer}/oauth/register/${encodeURIComponent(row.client_id)}`,
    ...Object.fromEntries(told),
  }
}
