/** The log of requests. */
import { z } from 'zod'
import { createTraceSample } from '../kit/trace-context.ts'
import { addressDetails } from '../telemetry/shown-address.ts'
import type { Read } from './variable.ts'

export const logVariables = {
  AUTHLY_LOG_ACCESS_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe(
      'Share of the successful requests that get a line in the log, from 0 (none) to 1 (all). Refusals and errors always get one.',
    ),
  AUTHLY_LOG_ADDRESSES: z
    .enum(addressDetails)
    .default('none')
    .describe(
      'How much of the caller’s address the lines of requests show, which is personal data: nothing, its network (/24, or /48 of IPv6), or all of it. Rate limits and the audit trail do not depend on it.',
    ),
}

export const toLog = (env: Read<typeof logVariables>) => ({
  log: {
    accessSample: createTraceSample(env.AUTHLY_LOG_ACCESS_RATIO),
    addresses: env.AUTHLY_LOG_ADDRESSES,
  },
})
