/** Operations on accounts. The order matters where a word stands in the place of an id. */
import type { Operation } from '../operation.ts'
import { countUsers } from './count-users.operation.ts'
import { getUser } from './get-user.operation.ts'
import { listUsers } from './list-users.operation.ts'

export const userOperations: readonly Operation[] = [listUsers, countUsers, getUser]
