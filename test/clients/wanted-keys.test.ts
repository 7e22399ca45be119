import { expect, test } from 'vitest'
import { metadataDefaults } from '../../src/clients/complete-metadata.ts'
import { wantedKeys } from '../../src/clients/wanted-keys.ts'

test.each<[object, readonly string[]]>([
  [metadataDefaults, []],
  [{ id_token_signed_response_alg: 'EdDSA', access_token_signed_response_alg: 'RS256' }, []],
  [{ id_token_signed_response_alg: 'PS256', userinfo_signed_response_alg: 'PS256' }, ['PS256']],
  [{ authorization_signed_response_alg: 'ES384' }, ['ES384']],
  [
    { introspection_signed_response_alg: 'ES384', access_token_signed_response_alg: 'PS256' },
    ['ES384', 'PS256'],
  ],
  [{ request_object_encryption_alg: 'ECDH-ES' }, ['ECDH-ES']],
  // Keys of the client, not ours.
  [{ id_token_encrypted_response_alg: 'RSA-OAEP-256', token_endpoint_auth_signing_alg: 'PS256' }, []],
  [{ id_token_signed_response_alg: null, authorization_signed_response_alg: 'none' }, []],
])('the metadata %j asks for keys of this server: %j', (metadata, algs) => {
  expect(wantedKeys(metadata)).toEqual(algs)
})
