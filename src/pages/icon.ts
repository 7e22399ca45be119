/** The mark of Authly, where a deployment has no logo of its own. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f4bd8"/><path d="M16 6.5 8.5 25h3.6l1.5-4h4.8l1.5 4h3.6Zm0 7.2 1.4 4.3h-2.8Z" fill="#fff"/></svg>`
