/** Which keys of the server the metadata of a client asks for, besides those that are always there. */
import { isKeyAlg, type KeyAlg, standingAlgs } from '../keys/algorithms.ts'

/** Members that name an algorithm of a key of ours: of what we sign, and of what is encrypted to us. */
const naming = /^(\w+_signed_response_alg|request_object_encryption_alg)$/

const isStanding = (alg: KeyAlg): boolean => standingAlgs.some((standing) => standing === alg)

/** To be made when the client is registered, so that verifiers can know them before anything is signed. */
export const wantedKeys = (metadata: object): readonly KeyAlg[] => [
  ...new Set(
    Object.entries(metadata)
      .filter(([name]) => naming.test(name))
      .map(([, value]: [string, unknown]) => value)
      .filter(isKeyAlg)
      .filter((alg) => !isStanding(alg)),
  ),
]
