/** Rules for text that say what is wrong with it. */
import type { z } from 'zod'

/** @param faultOf what is wrong with a text, for the caller; undefined if nothing is */
export const withoutFault = (text: z.ZodString, faultOf: (text: string) => string | undefined): z.ZodString =>
  text.refine((value) => faultOf(value) === undefined, { error: ({ input }) => faultOf(String(input)) })
