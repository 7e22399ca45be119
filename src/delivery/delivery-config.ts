/** By which providers messages leave, as the variables of `config.ts` say. */
import { isLoopbackHost, isPublicHost } from '../kit/public-host.ts'

/** Names are those of `AUTHLY_EMAIL_PROVIDER`; one file each in `senders/`. */
export const emailProviders = ['cloudflare', 'resend', 'smtp'] as const
/** Those of `AUTHLY_SMS_PROVIDER`. */
export const smsProviders = ['twilio'] as const

export interface ResendSettings {
  readonly kind: 'resend'
  readonly apiKey: string
  /** Base address of the API. */
  readonly url: string
  /** Signs what Resend reports: bytes as base64. Without it nothing is listened to. */
  readonly webhookSecret: string | undefined
}

export interface SmtpSettings {
  readonly kind: 'smtp'
  readonly host: string
  readonly port: number
  /** `implicit`: TLS from the first byte (RFC 8314 §3.3). `starttls`: RFC 3207, before anything else is said. */
  readonly tls: 'implicit' | 'starttls'
  readonly credentials: { readonly username: string; readonly password: string } | undefined
}

export interface TwilioSettings {
  readonly kind: 'twilio'
  readonly accountSid: string
  readonly authToken: string
  /** Base address of the API. */
  readonly url: string
}

export interface DeliverySettings {
  readonly email:
    | {
        readonly provider: { readonly kind: 'cloudflare' } | ResendSettings | SmtpSettings
        readonly from: string
      }
    | undefined
  readonly sms: { readonly provider: TwilioSettings; readonly from: string } | undefined
}

interface DeliveryEnvironment {
  readonly AUTHLY_EMAIL_PROVIDER?: (typeof emailProviders)[number] | undefined
  readonly AUTHLY_EMAIL_FROM?: string | undefined
  readonly AUTHLY_RESEND_API_KEY?: string | undefined
  readonly AUTHLY_RESEND_WEBHOOK_SECRET?: string | undefined
  readonly AUTHLY_SMTP_HOST?: string | undefined
  readonly AUTHLY_SMTP_PORT: number
  readonly AUTHLY_SMTP_TLS?: SmtpSettings['tls'] | undefined
  readonly AUTHLY_SMTP_USERNAME?: string | undefined
  readonly AUTHLY_SMTP_PASSWORD?: string | undefined
  readonly AUTHLY_SMS_PROVIDER?: (typeof smsProviders)[number] | undefined
  readonly AUTHLY_SMS_FROM?: string | undefined
  readonly AUTHLY_TWILIO_ACCOUNT_SID?: string | undefined
  readonly AUTHLY_TWILIO_AUTH_TOKEN?: string | undefined
  readonly AUTHLY_MESSAGE_PROVIDER_URL?: string | undefined
  readonly AUTHLY_ALLOW_LOOPBACK_FETCH: boolean
}

const resendUrl = 'https://api.resend.com/'
const twilioUrl = 'https://api.twilio.com/'
const implicitTlsPort = 465

/** What is missing or wrong about variables that belong together; without values. */
export function findDeliveryFaults(env: DeliveryEnvironment): readonly string[] {
  const needs: Readonly<Record<string, readonly (keyof DeliveryEnvironment)[]>> = {
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
  const { AUTHLY_SMTP_HOST: host, AUTHLY_MESSAGE_PROVIDER_URL: url } = env
  if (host !== undefined && !isReachable(host, env)) faults.push('AUTHLY_SMTP_HOST must be a public host')
  // Attack: every message, with its link or code, goes to another host. A deployment has no use for it.
  if (url !== undefined && !isLoopbackHost(new URL(url).hostname)) {
    faults.push('AUTHLY_MESSAGE_PROVIDER_URL must be a loopback address')
  }
  return faults
}

/** The name as a URL has it: `0x7f.1` is 127.0.0.1. */
function isReachable(host: string, env: DeliveryEnvironment): boolean {
  const hostname = URL.parse(`https://${host}`)?.hostname
  if (hostname === undefined) return false
  return isPublicHost(hostname) || (env.AUTHLY_ALLOW_LOOPBACK_FETCH && isLoopbackHost(hostname))
}

/** @param env without faults */
export const toDeliverySettings = (env: DeliveryEnvironment): DeliverySettings => ({
  email: emailOf(env),
  sms: smsOf(env),
})

function emailOf(env: DeliveryEnvironment): DeliverySettings['email'] {
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

function smtpOf(env: DeliveryEnvironment): SmtpSettings {
  const { AUTHLY_SMTP_PORT: port, AUTHLY_SMTP_USERNAME: username, AUTHLY_SMTP_PASSWORD: password } = env
  return {
    kind: 'smtp',
    host: env.AUTHLY_SMTP_HOST as string,
    port,
    tls: env.AUTHLY_SMTP_TLS ?? (port === implicitTlsPort ? 'implicit' : 'starttls'),
    credentials: username === undefined || password === undefined ? undefined : { username, password },
  }
}

function smsOf(env: DeliveryEnvironment): DeliverySettings['sms'] {
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
