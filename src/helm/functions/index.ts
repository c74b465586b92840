/** Every function a chart's template can name: Go's own, sprig's, helm's. One line a family. */
import { builtins } from './builtins.ts'
import { collectionFunctions } from './collections.ts'
import type { Functions, FunctionWorld } from './contract.ts'
import { dateFunctions } from './dates.ts'
import { encodingFunctions } from './encoding.ts'
import { numberFunctions } from './numbers.ts'
import { pathFunctions } from './paths.ts'
import { patternFunctions } from './patterns.ts'
import { textFunctions } from './text.ts'

export const chartFunctions = (world: FunctionWorld): Functions => ({
  ...builtins(world.budget),
  ...textFunctions(world),
  ...collectionFunctions(world),
  ...numberFunctions(world),
  ...encodingFunctions(world),
  ...dateFunctions(world),
  ...patternFunctions(world),
  ...pathFunctions,
})
