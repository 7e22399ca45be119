/** By which providers messages leave. */
import { z } from 'zod'
import type { DeliverySettings, SmtpSettings } from '../delivery/delivery-settings.ts'
import { isLoopbackHost, isPublicHost } from '../kit/public-host.ts'
import type { fetchVariables } from './fetch-variables.ts'
import { type Read, standIn } from './variable.ts'

export const deliveryVariables = {
  AUTHLY_EMAIL_PROVIDER: z
    // One file each in `src/delivery/senders/`.
    .enum(['cloudflare', 'resend', 'smtp'])
    .optional()
    .describe(
      'By what e-mail leaves ([delivery](delivery.md)): the binding `EMAIL` of Cloudflare’s e-mail service, the API of Resend, or an SMTP server. Without it no e-mail is sent.',
    ),
  AUTHLY_EMAIL_FROM: z
    .string()
    .max(254)
    .regex(/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'must be an e-mail address')
    .optional()
    .describe(
      'The address that e-mail comes from. The name beside it is `branding.name`. Its domain needs SPF and DKIM, as the provider says.',
    ),
  AUTHLY_RESEND_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, 'must be a key without spaces')
    .optional()
    .describe('Secret. API key of Resend; one that may only send is enough.'),
  AUTHLY_RESEND_WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_(?:[A-Za-z0-9+/]{4}){6,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      'must be a signing secret, `whsec_…`',
    )
    .optional()
    .describe(
      'Secret. Signing secret of a webhook of Resend at `<issuer>/delivery/resend`, which reports [bounces](delivery.md#bounces). Without it that address does not exist.',
    ),
  AUTHLY_SMTP_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}$/, 'must be a host name')
    .optional()
    .describe('The SMTP server. Its certificate must be valid for this name.'),
  AUTHLY_SMTP_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .refine((port) => port !== 25, 'must not be 25, which the platform blocks')
    .default(587)
    .describe('Port of the SMTP server: 587 or 465.'),
  AUTHLY_SMTP_TLS: z
    .enum(['implicit', 'starttls'])
    .optional()
    .describe(
      'When TLS begins: with the connection (`implicit`, the default on port 465) or by STARTTLS (elsewhere). Without TLS nothing is sent.',
    ),
  AUTHLY_SMTP_USERNAME: z.string().min(1).max(256).optional().describe('Account at the SMTP server.'),
  AUTHLY_SMTP_PASSWORD: z.string().min(1).max(1024).optional().describe('Secret. Its password.'),
  AUTHLY_SMS_PROVIDER: z
    .enum(['twilio'])
    .optional()
    .describe('By what text messages leave. Without it none is sent.'),
  AUTHLY_SMS_FROM: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/, 'must be a number, sender id or service')
    .optional()
    .describe(
      'What text messages come from: a number (`+15005550006`), an alphanumeric sender id, or the SID of a messaging service (`MG…`).',
    ),
  AUTHLY_TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'must be an account SID')
    .optional()
    .describe('Account SID of Twilio.'),
  AUTHLY_TWILIO_AUTH_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, 'must be a token without spaces')
    .optional()
    .describe('Secret. Auth token of Twilio.'),
  // Attack: every message, with its link or code, goes to another host. A deployment has no use for it.
  AUTHLY_MESSAGE_PROVIDER_URL: standIn
    .optional()
    .describe(
      'Development and tests: a loopback address that stands in for the APIs of Resend and Twilio, as `npm start` sets it.',
    ),
}

type Environment = Read<typeof deliveryVariables>
type CheckedEnvironment = Environment & Pick<Read<typeof fetchVariables>, 'AUTHLY_ALLOW_LOOPBACK_FETCH'>

const resendUrl = 'https://api.resend.com/'
const twilioUrl = 'https://api.twilio.com/'
const implicitTlsPort = 465

/** What is missing or wrong about variables that belong together; without values. */
export function findDeliveryFaults(env: CheckedEnvironment): readonly string[] {
  const needs: Readonly<Record<string, readonly (keyof Environment)[]>> = {
    cloudflare: ['AUTHLY_EMAIL_FROM'],
    resend: ['AUTHLY_EMAIL_FROM', 'AUTHLY_RESEND_API_KEY'],
    smtp: ['AUTHLY_EMAIL_FROM', 'AUTHLY_SMTP_HOST'],
    twilio: ['AUTHLY_SMS_FROM', 'AUTHLY_TWILIO_ACCOUNT_SID', 'AUTHLY_TWILIO_AUTH_TOKEN'],
  }
  const chosen = [env.AUTHLY_EMAIL_PROVIDER, env.AUTHLY_SMS_PROVIDER].filter((name) => name !== undefined)
  const faults = chosen.flatMap((name) =>
    (needs[name] ?? [])
      .filter((variable) => env[variable] === undefined)
      .map((variable) => `${variable} is needed by the provider ${name}`),
  )
  if ((env.AUTHLY_SMTP_USERNAME === undefined) !== (env.AUTHLY_SMTP_PASSWORD === undefined)) {
    faults.push('AUTHLY_SMTP_USERNAME and AUTHLY_SMTP_PASSWORD belong together')
  }
  const host = env.AUTHLY_SMTP_HOST
  if (host !== undefined && !isReachable(host, env)) faults.push('AUTHLY_SMTP_HOST must be a public host')
  return faults
}

/** The name as a URL has it: `0x7f.1` is 127.0.0.1. */
function isReachable(host: string, env: CheckedEnvironment): boolean {
  const hostname = URL.parse(`https://${host}`)?.hostname
  if (hostname === undefined) return false
  return isPublicHost(hostname) || (env.AUTHLY_ALLOW_LOOPBACK_FETCH && isLoopbackHost(hostname))
}

/** @param env without faults */
export const toDelivery = (env: Environment): { readonly delivery: DeliverySettings } => ({
  delivery: { email: emailOf(env), sms: smsOf(env) },
})

function emailOf(env: Environment): DeliverySettings['email'] {
  const from = env.AUTHLY_EMAIL_FROM as string
  switch (env.AUTHLY_EMAIL_PROVIDER) {
    case undefined:
      return undefined
    case 'cloudflare':
      return { from, provider: { kind: 'cloudflare' } }
    case 'resend': {
      const url = env.AUTHLY_MESSAGE_PROVIDER_URL ?? resendUrl
      const apiKey = env.AUTHLY_RESEND_API_KEY as string
      const webhookSecret = env.AUTHLY_RESEND_WEBHOOK_SECRET?.slice('whsec_'.length)
      return { from, provider: { kind: 'resend', apiKey, url, webhookSecret } }
    }
    case 'smtp':
      return { from, provider: smtpOf(env) }
  }
}

function smtpOf(env: Environment): SmtpSettings {
  const { AUTHLY_SMTP_PORT: port, AUTHLY_SMTP_USERNAME: username, AUTHLY_SMTP_PASSWORD: password } = env
  return {
    kind: 'smtp',
    host: env.AUTHLY_SMTP_HOST as string,
    port,
    tls: env.AUTHLY_SMTP_TLS ?? (port === implicitTlsPort ? 'implicit' : 'starttls'),
    credentials: username === undefined || password === undefined ? undefined : { username, password },
  }
}

function smsOf(env: Environment): DeliverySettings['sms'] {
  if (env.AUTHLY_SMS_PROVIDER === undefined) return undefined
  return {
    from: env.AUTHLY_SMS_FROM as string,
    provider: {
      kind: 'twilio',
      accountSid: env.AUTHLY_TWILIO_ACCOUNT_SID as string,
      authToken: env.AUTHLY_TWILIO_AUTH_TOKEN as string,
      url: env.AUTHLY_MESSAGE_PROVIDER_URL ?? twilioUrl,
    },
  }
}
