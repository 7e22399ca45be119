/** Authentication context classes this server supports (OpenID Connect Core §2, `acr`). */
export const acrPassword = 'urn:authly:acr:pwd'

export const acrValuesSupported = [acrPassword] as const
