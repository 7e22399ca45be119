/** Members of private and symmetric keys (RFC 7518 §6.2.2, §6.3.2, §6.4): a public key has none of them. */
export const secretJwkMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const
