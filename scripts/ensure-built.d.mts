/** Ends the process with a message when it cannot build. `mayStayOld`: older files that are there will do then. */
export function ensureBuilt(options?: { readonly mayStayOld?: boolean }): void
