/**
 * Preloaded for dependency-cruiser (`node --import`): TypeScript 7 has no JavaScript API yet, so the tool gets the
 * TypeScript 6 installed under an alias, while everything else goes on with `typescript`.
 */
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    next(
      /^typescript(?=$|\/)/.test(specifier) ? specifier.replace('typescript', 'typescript-6') : specifier,
      context,
    ),
})
