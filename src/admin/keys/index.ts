/** Operations on signing keys. */
import type { Operation } from '../operation.ts'
import { listKeys } from './list-keys.operation.ts'
import { retireKey } from './retire-key.operation.ts'
import { rotateKey } from './rotate-key.operation.ts'

export const keyOperations: readonly Operation[] = [listKeys, rotateKey, retireKey]
