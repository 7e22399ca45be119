/**
 * Which admin requests must be signed, and how signatures are checked. A signature that is present is always verified:
 * a client that signs wants to know when something on the way changed its request.
 */
import type { Client } from '../clients/client.ts'
import { type SignatureFault, signatureFaults } from '../http-signatures/signature-fault.ts'
import { acceptSignature, adminSignaturePolicy } from '../http-signatures/signature-policy.ts'
import { type VerifyRequestNeeds, verifyRequest } from '../http-signatures/verify-request.ts'
import type { Problem } from '../kit/problem.ts'
import type { Settings } from '../settings/settings.ts'
import type { Operation } from './operation.ts'

type SigningPolicy = Settings['admin.request_signing']

/** Whether `operation` requires a signed request. Each level requires more than the one before. */
export function mustSign(
  policy: SigningPolicy,
  client: Pick<Client, 'require_request_signing'>,
  operation: Pick<Operation, 'method' | 'dangerous'>,
): boolean {
  if (client.require_request_signing || policy === 'all') return true
  if (policy === 'off') return false
  return operation.dangerous === true || (policy === 'writes' && operation.method !== 'get')
}

export interface SignedRequestInput {
  readonly request: Request
  /** Which of our addresses was called. */
  readonly issuer: string
  readonly client: Client
  readonly hasBody: boolean
  readonly isRequired: boolean
}

/**
 * Checks the signature of a request; the body is checked where it is read (`signed-body.ts`).
 * @returns a problem, or whether the request is signed
 */
export async function checkSignature(
  needs: VerifyRequestNeeds,
  { request, issuer, client, hasBody, isRequired }: SignedRequestInput,
): Promise<{ readonly problem: Problem } | { readonly isSigned: boolean }> {
  const { pathname, search } = new URL(request.url)
  // The URI the client signed: the public address of this server, whatever host or scheme the last hop used. A
  // signature made for another deployment has another origin.
  const targetUri = new URL(`${new URL(issuer).origin}${pathname}${search}`)
  const message = { method: request.method, targetUri, headers: request.headers }
  const verified = await verifyRequest(needs, adminSignaturePolicy, client, message, hasBody)
  if (verified?.ok) return { isSigned: true }
  if (!verified && !isRequired) return { isSigned: false }
  const accepted = acceptSignature(adminSignaturePolicy, request.headers, hasBody)
  return { problem: verified ? signatureInvalid(verified.error, accepted) : signatureRequired(accepted) }
}

const challenge = 'Signature realm="authly"'

/** RFC 9421 §5: describes an acceptable signature. */
const signatureRequired = (accepted: string): Problem => ({
  code: 'signature_required',
  status: 401,
  title: 'The request must be signed',
  headers: { 'www-authenticate': challenge, 'accept-signature': accepted },
})

/** The caller holds a token of this client: describing the fault helps its developer and nobody else. */
export const signatureInvalid = (fault: SignatureFault, accepted?: string): Problem => ({
  code: 'signature_invalid',
  status: 401,
  title: 'The signature of the request does not count',
  detail: signatureFaults[fault],
  headers: { 'www-authenticate': challenge, ...(accepted ? { 'accept-signature': accepted } : {}) },
})
