/**
 * Why a request's signature was rejected. Returned to the caller, who has already presented a valid token of this
 * client.
 */
export const signatureFaults = {
  malformed: 'the Signature-Input or Signature header is malformed',
  too_large: 'the Signature-Input or Signature header is too large',
  more_than_one: 'the request carries more than one signature',
  wrong_tag: 'the signature has another tag',
  missing_component: 'the signature does not cover every required component',
  absent_component: 'the signature covers a component that the request does not have',
  created_missing: 'the signature has no created time',
  too_old: 'the signature is too old',
  in_the_future: 'the signature was created in the future',
  expired: 'the signature has expired',
  nonce_unfit: 'the signature has no nonce, or one that is too short or too long',
  nonce_spent: 'the nonce was used before',
  key_unknown: 'the client has no such key for signatures',
  alg_mismatch: 'the alg parameter does not fit the key',
  wrong_signature: 'the signature does not fit the request',
  digest_malformed: 'the Content-Digest header has no sha-256 or sha-512 digest',
  digest_mismatch: 'the Content-Digest header does not fit the body',
} as const

export type SignatureFault = keyof typeof signatureFaults
