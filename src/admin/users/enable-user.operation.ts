import { userParams } from '../../users/account.ts'
import { defineOperation } from '../operation.ts'
import { setStatus } from './set-status.store.ts'

export const enableUser = defineOperation({
  id: 'enableUser',
  method: 'post',
  path: '/admin/users/{user_id}/enable',
  tag: 'Users',
  summary: 'Enable an account',
  description: 'The person can sign in again, with the credentials and roles they had.',
  permission: 'admin:users:write',
  params: userParams,
  answers: { 204: { description: 'The account is active' } },
  run: (call) => setStatus(call, 'active', 'user.enabled'),
})
