/** Schemas that every list shares. */
import { z } from '@hono/zod-openapi'
import { queryFlag, wholeNumber } from '../kit/field-schemas.ts'

/** Query parameters of every list. */
export const pageQuery = {
  limit: wholeNumber({ minimum: 1, maximum: 200, default: 50, description: 'Items per page' }),
  cursor: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .openapi({ description: '`page_info.next_cursor` of the page before' }),
  include_total: queryFlag('Also count all matches: costs one scan of the index'),
}

/** Of the parameter `bom` of whatever writes CSV. */
export const bomDescription =
  'CSV that begins with a UTF-8 byte order mark, which Excel needs to read umlauts'

const pageInfo = z
  .object({
    has_next_page: z.boolean(),
    next_cursor: z.string().nullable().openapi({ description: 'For `cursor`; null on the last page' }),
    total_count: z.number().int().optional().openapi({ description: 'With `include_total`' }),
  })
  .openapi('PageInfo')

export type PageSchema<Item extends z.ZodType = z.ZodType> = ReturnType<typeof pageOf<Item>>

/** A page of `items`. */
export const pageOf = <Item extends z.ZodType>(name: string, item: Item) =>
  z
    .object({
      items: z.array(item),
      page_info: pageInfo,
    })
    .openapi(name)
