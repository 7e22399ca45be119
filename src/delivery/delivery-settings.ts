/** By which providers messages leave. */

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
