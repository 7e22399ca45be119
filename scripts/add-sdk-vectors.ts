/**
 * `node scripts/start.mjs add-sdk-vectors.ts`: signs the cases of scripts/sdk-vectors that `sdk/vectors` does not have
 * yet, and leaves those it has.
 */
import { accessTokens } from './sdk-vectors/access-tokens.ts'
import { dpop } from './sdk-vectors/dpop.ts'
import { addVectors } from './sdk-vectors/vector-file.ts'

for (const file of [accessTokens, dpop])
  console.log(`${file.name}: ${addVectors(file)} new cases of ${file.cases.length}`)
