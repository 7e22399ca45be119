/** The port of request objects that a client publishes (OpenID Connect Core §6.2). */

/**
 * The object at `uri`, which must be one of the client's `request_uris`.
 * @returns undefined when it cannot be fetched through the outgoing-request guard
 */
export type FetchRequestObject = (uri: string) => Promise<string | undefined>
