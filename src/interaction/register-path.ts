/** Where the pages of making an account are. */
export const registrationPath = '/register'

/** The page where it begins, also for another address. @param next where it leads without an application */
export const registerPath = (interaction: string | undefined, next: string): string =>
  `${registrationPath}?${new URLSearchParams(interaction ? { interaction } : { next })}`
