/** Whose permits a request spends. */
import { networkOf } from '../kit/network.ts'
import type { Policy } from './policies.ts'

/** The subject that is counted. */
export const rateSubject = (policy: Policy, subject: string): string =>
  policy.subject === 'ip' ? networkOf(subject) : subject
