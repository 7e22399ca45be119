/** The subject whose permits a request spends. */
import { networkOf } from '../kit/network.ts'
import type { Policy } from './policies.ts'

/** The counted subject. */
export const rateSubject = (policy: Policy, subject: string): string =>
  policy.subject === 'ip' ? networkOf(subject) : subject
